import type { Config } from "../config.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Metadata } from "../store/metadata.ts";
import type { Nodes } from "../store/nodes.ts";
import type { GroupRoles } from "./identity/group-roles.ts";
import type { Providers } from "./identity/provider.ts";
import type { Seal } from "./identity/seal.ts";
import type { Passwords } from "./password.ts";
import type { Signer } from "./signer.ts";
import type { Attempts } from "./throttle.ts";
import type { TokenUse } from "./token-use.ts";
import type { IdTokens } from "./trust/id-tokens.ts";

/** What the domain works with: built once in open.ts, handed to every operation. */
export interface Parts {
  config: Config;
  metadata: Metadata;
  blobs: Blobs;
  nodes: Nodes;
  signer: Signer;
  attempts: Attempts;
  /** Hashes and checks passwords, few at a time. */
  passwords: Passwords;
  /** What operators are told of searches. */
  metrics: Pick<Metrics, "search">;
  /** When tokens were last used. */
  tokenUse: TokenUse;
  /** Where people log in, by the configuration. */
  providers: Providers;
  groupRoles: GroupRoles;
  /** Verifies the ID tokens of CI systems. */
  idTokens: IdTokens;
  /** Encrypts what providers gave us for asking them again. */
  seal: Seal;
  now: () => Date;
}
