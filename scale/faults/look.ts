import { hash } from "node:crypto";
import { z } from "zod";
import type { Attempt } from "./attempts.ts";

const READ_MS = 45_000;
/** Characters of an answer that are shown. */
const SHOWN = 200;

/** What readers look for in a packument. */
const packument = z.object({
  _rev: z.string(),
  versions: z.record(z.string(), z.object({ dist: z.object({ integrity: z.string() }) })),
});

export interface Look {
  /** Address of one node. */
  node: string;
  token: string;
  attempt: Attempt;
  /** The packument has to be as new. */
  rev: number;
}

/** The rev that a node is at, or a sentence about what is wrong, or no answer. */
export type Seen = { rev: number } | { wrong: string } | "refused";

/** Asks one node for an acknowledged version: its packument, and its bytes. */
export async function look(at: Look): Promise<Seen> {
  try {
    const found = await seePackument(at);
    if (found === "refused" || "wrong" in found) return found;
    return (await seeTarball(at)) ?? found;
  } catch {
    return "refused";
  }
}

async function seePackument({ node, token, attempt, rev }: Look): Promise<Seen> {
  const { name, version, integrity } = attempt;
  const answer = await ask(`${node}/${name}`, token);
  const text = await answer.text();
  if (answer.status >= 500 || answer.status === 429) return "refused";
  if (answer.status !== 200) {
    return {
      wrong: `${node}: ${name} is acknowledged and answered with ${answer.status}: ${text.slice(0, SHOWN)}`,
    };
  }
  const found = packument.parse(JSON.parse(text));
  if (found.versions[version]?.dist.integrity !== integrity) {
    return { wrong: `${node}: ${name}@${version} is acknowledged and not in the packument` };
  }
  if (Number(found._rev) >= rev) return { rev: Number(found._rev) };
  return { wrong: `${node}: ${name} went back from rev ${rev} to ${found._rev}` };
}

/** Undefined when it is as it should be. */
async function seeTarball({
  node,
  token,
  attempt,
}: Look): Promise<Exclude<Seen, { rev: number }> | undefined> {
  const { name, version, integrity } = attempt;
  const short = name.slice(name.indexOf("/") + 1);
  const answer = await ask(`${node}/${name}/-/${short}-${version}.tgz`, token);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status >= 500) return "refused";
  const label = `${node}: the tarball of ${name}@${version}`;
  if (answer.status !== 200) return { wrong: `${label} is answered with ${answer.status}` };
  const isRight = `sha512-${hash("sha512", bytes, "base64")}` === integrity;
  return isRight ? undefined : { wrong: `${label} has other bytes` };
}

async function ask(url: string, token: string): Promise<Response> {
  return await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(READ_MS),
  });
}
