import { printable } from "@skills-registry/schema";
import { claimNamespaces, requireUpstreams, type Round } from "../mirror/follow.ts";
import { followOnce } from "../mirror/schedule.ts";
import type { Mirror, MirrorRefusal } from "../store/mirrors.ts";
import type { Command, CommandContext, Outcome } from "./command.ts";

/** Versions that were left out, listed by `mirror status`. */
const REFUSALS_MAX = 100;

/** Namespaces that are copied of other registries. */
export const mirrorCommands: Command[] = [
  {
    usage: "mirror status",
    summary:
      "Lists the mirrored namespaces: when each was last like its origin, what is missing, and why. Ends with 1 when something is.",
    run: status,
  },
  {
    usage: "mirror now",
    summary: "Looks at the mirrored registries at once, and copies what changed.",
    options: { all: { summary: "asks for everything anew, and judges again what was left out" } },
    run: now,
  },
];

async function status({ parts: { metadata, config } }: CommandContext): Promise<Outcome> {
  const mirrors = await metadata.mirrors();
  const refusals = await metadata.mirrorRefusals(REFUSALS_MAX);
  const followed = new Set(
    config.upstream.flatMap(({ url, namespaces }) => namespaces.map((name) => `${name} ${url}`)),
  );
  const isFollowed = ({ namespace, url }: Mirror): boolean => followed.has(`${namespace} ${url}`);
  const lines = [
    ...mirrors.flatMap((mirror) => mirrorLines(mirror, isFollowed(mirror))),
    ...refusals.map(refusalLine),
  ];
  const failing = mirrors.some((mirror) => isFollowed(mirror) && mirror.failure !== null);
  return {
    text: mirrors.length === 0 ? "no namespace is mirrored\n" : `${lines.join("\n")}\n`,
    json: {
      mirrors: mirrors.map(({ etag: _etag, ...mirror }) => ({
        ...mirror,
        followed: isFollowed({ ...mirror, etag: null }),
      })),
      refused: refusals,
    },
    ...(failing ? { failed: true } : {}),
  };
}

function mirrorLines({ namespace, url, contactAt, behind, failure }: Mirror, followed: boolean): string[] {
  const seen = contactAt === null ? "never copied" : `as it was at ${contactAt}`;
  const missing = behind === 0 ? "" : `, ${behind} ${behind === 1 ? "skill" : "skills"} behind`;
  const head = `@${namespace} from ${url}: ${seen}${missing}${followed ? "" : ", not followed any more"}`;
  return failure === null ? [head] : [head, `  since ${failure.at}: ${printable(failure.message)}`];
}

function refusalLine({ name, version, reason, at }: MirrorRefusal): string {
  return `left out on ${at.slice(0, 10)}: ${printable(`${name}@${version}: ${reason}`)}`;
}

async function now(context: CommandContext): Promise<Outcome> {
  const { parts, blobs, flags, progress } = context;
  const upstreams = requireUpstreams(parts.config.upstream);
  await claimNamespaces(parts);
  const { signal } = new AbortController();
  const rounds: Round[] = [];
  for (const upstream of upstreams) {
    progress(`asking ${upstream.url}\n`);
    const stores = { ...parts, blobs: await blobs() };
    const round = await followOnce({ parts: stores, upstream, signal, again: flags.has("all") });
    if (round === undefined) progress("another node is at it\n");
    else rounds.push(round);
  }
  const namespaces = rounds.flatMap((round) => round.namespaces);
  const lines = namespaces.map(
    ({ namespace, copied, gone, behind, failure }) =>
      `@${namespace}: ${copied} copied, ${gone} gone, ${behind} behind${failure === null ? "" : `: ${printable(failure)}`}`,
  );
  return {
    text: lines.map((line) => `${line}\n`).join(""),
    json: { namespaces },
    ...(namespaces.some(({ failure }) => failure !== null) ? { failed: true } : {}),
  };
}
