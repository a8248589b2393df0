import type { Config } from "../config.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Metadata } from "../store/metadata.ts";
import type { Signer } from "./signer.ts";
import type { Attempts } from "./throttle.ts";

/** What the domain works with: built once in open.ts, handed to every operation. */
export interface Parts {
  config: Config;
  metadata: Metadata;
  blobs: Blobs;
  signer: Signer;
  attempts: Attempts;
  now: () => Date;
}
