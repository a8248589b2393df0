import { readFile } from "node:fs/promises";
import { SkillsError } from "@skills-registry/schema";
import type { UpstreamConfig } from "../config.ts";
import type { Parts } from "../registry/parts.ts";
import { believedKeys } from "./believed-keys.ts";
import { claimNamespace } from "./claim-namespace.ts";
import { bringUp, type Look, lookAt, type NamespaceReport } from "./follow-namespace.ts";
import { upstreamClient } from "./upstream-client.ts";
import { UpstreamError } from "./upstream-error.ts";
import { PATIENCE, type Patience } from "./upstream-http.ts";

/** What a mirror works with. */
export type MirrorParts = Pick<Parts, "metadata" | "blobs" | "config" | "nodes" | "now">;

export interface Following {
  parts: MirrorParts;
  upstream: UpstreamConfig;
  signal: AbortSignal;
  /** Asks for everything, and judges again what was refused. */
  again?: boolean;
  patience?: Patience;
}

/** What one round did. */
export interface Round {
  url: string;
  namespaces: NamespaceReport[];
  /** What the other registry asked us to wait; null when it did not. */
  retryAfterSeconds: number | null;
}

/** Makes the namespaces of the configuration copies, so that their names are taken before the first contact. Throws EMIRROR. */
export async function claimNamespaces({
  metadata,
  config,
  now,
}: Pick<Parts, "metadata" | "config" | "now">): Promise<void> {
  if (config.upstream.length === 0) return;
  const at = now().toISOString();
  await metadata.transaction(async (tx) => {
    for (const { url, namespaces } of config.upstream) {
      for (const namespace of namespaces) await claimNamespace(tx, { namespace, url, at });
    }
  });
}

/** One look at another registry: everything that changed there since the last one is copied. Does not throw for what is wrong there. */
export async function followUpstream(following: Following): Promise<Round> {
  const { upstream } = following;
  const reports = new Map<string, NamespaceReport>();
  let retryAfterSeconds: number | null = null;
  try {
    await followAll(following, reports);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    ({ retryAfterSeconds } = error);
    for (const namespace of upstream.namespaces.filter((name) => !reports.has(name))) {
      reports.set(namespace, await failed(following.parts, namespace, error.message));
    }
  }
  return { url: upstream.url, namespaces: [...reports.values()], retryAfterSeconds };
}

/** What is wrong with one namespace leaves the others alone; what is wrong with the registry ends it. */
async function followAll(following: Following, reports: Map<string, NamespaceReport>): Promise<void> {
  const { parts, upstream, signal, again = false } = following;
  const { url, namespaces } = upstream;
  const client = upstreamClient(await connection(following));
  const copying = {
    parts,
    upstream: client,
    url,
    keys: await believedKeys(parts, upstream, client),
    again,
    signal,
  };
  const looks: Look[] = [];
  for (const namespace of namespaces) {
    const mirror = await parts.metadata.mirror(namespace);
    // Configured since the start, as a command may be: its name is not taken yet.
    if (mirror?.url !== url) continue;
    try {
      looks.push(await lookAt(copying, mirror));
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.isAway) throw error;
      reports.set(namespace, await failed(parts, namespace, error.message));
    }
  }
  for (const look of looks) reports.set(look.report.namespace, await bringUp(copying, look));
}

async function failed(
  { metadata, now }: Following["parts"],
  namespace: string,
  message: string,
): Promise<NamespaceReport> {
  const at = now().toISOString();
  const behind = await metadata.transaction(async (tx) => {
    const mirror = await tx.mirror(namespace);
    if (mirror === undefined) return 0;
    await tx.putMirror({ ...mirror, failure: { at, message } });
    return mirror.behind;
  });
  return { namespace, copied: 0, gone: 0, behind, failure: message };
}

async function connection({
  upstream,
  signal,
  patience = PATIENCE,
}: Following): Promise<Parameters<typeof upstreamClient>[0]> {
  const { url, redirects } = upstream;
  return { base: url, token: await tokenOf(upstream), redirects, signal, patience };
}

/** Read before each round: operators replace it while the registry runs. */
async function tokenOf({ url, token }: UpstreamConfig): Promise<string | null> {
  if (token === null || typeof token === "string") return token;
  const text = await readFile(token.file, "utf8").catch((cause: unknown) => {
    throw new UpstreamError(`the token for ${url} cannot be read from ${token.file}`, {
      cause,
      isAway: true,
    });
  });
  if (/^[\x21-\x7e]+$/.test(text.trim())) return text.trim();
  throw new UpstreamError(`the file of the token for ${url}, ${token.file}, holds no token`, {
    isAway: true,
  });
}

/** For whoever starts a round by hand. Throws ENOTFOUND where nothing is followed. */
export function requireUpstreams(upstreams: UpstreamConfig[]): UpstreamConfig[] {
  if (upstreams.length > 0) return upstreams;
  throw new SkillsError("ENOTFOUND", "this registry follows no other one", {
    hint: "Name one under skills.upstream in the configuration; see docs/mirroring.md.",
  });
}
