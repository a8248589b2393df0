import { createHash } from "node:crypto";
import { z } from "zod";
import { type PublishDocument, publishBody } from "../../test/support/publish-body.ts";

/** A publish that was tried, and what became of it as far as its client knows. */
export interface Attempt {
  name: string;
  version: string;
  /** `sha512-…` of its tarball. */
  integrity: string;
  body: PublishDocument;
  /** Answered with 201, at least once. */
  acknowledged: boolean;
  /** Rev that the answer named; 0 while there was none. */
  rev: number;
}

/** Longer than any node takes for an answer; a client that waits longer has given up. */
const PATIENCE_MS = 60_000;
/** Bytes of the file that tells one tarball from another: a few KB, as small skills have. */
const NOTE_LENGTH = 4_000;

const acknowledgement = z.object({ rev: z.string() });
const dist = z.object({ dist: z.object({ integrity: z.string() }) });

export function newAttempt(name: string, version: string): Attempt {
  const seed = createHash("sha512").update(`${name}@${version}`).digest("hex");
  const note = seed.repeat(Math.ceil(NOTE_LENGTH / seed.length));
  const body = publishBody({ name, version, files: { "NOTE.md": note } });
  const { integrity } = dist.parse(body.versions[version]).dist;
  return { name, version, integrity, body, acknowledged: false, rev: 0 };
}

/** Sends it, to a node or to nginx; returns the status, 0 where there was no answer. */
export async function send(url: string, token: string, attempt: Attempt): Promise<number> {
  try {
    const answer = await fetch(`${url}/${attempt.name.replace("/", "%2f")}`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(attempt.body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await answer.text();
    if (answer.status === 201) {
      attempt.acknowledged = true;
      attempt.rev = Number(acknowledgement.parse(JSON.parse(text)).rev);
    }
    return answer.status;
  } catch {
    return 0;
  }
}
