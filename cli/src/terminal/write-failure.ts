import { failureLines, type Failure } from "../failure.ts";
import type { Streams } from "../world.ts";
import { escapeLine } from "./escape.ts";

/** Apart from what writes results: explaining a failure takes the schema of a registry's answers. */
export function writeFailure(streams: Streams, failure: Failure): void {
  streams.stderr.write(`${failureLines(failure).map(escapeLine).join("\n")}\n`);
}
