import { type PackageName, SkillsError } from "@skills-registry/schema";
import type { MetadataReader, MetadataWriter } from "../../store/metadata.ts";
import type { Trust } from "../../store/identity.ts";
import { audit } from "../audit.ts";
import type { Caller } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { networkOf } from "../network.ts";
import { countExchange, mayRecordRefusal } from "../throttle.ts";
import { issueToken, type MadeToken } from "../tokens.ts";
import type { VerifiedRun } from "./id-tokens.ts";
import { isMadeByUnlocked } from "./makers.ts";
import { misfits, noneFits } from "./matching.ts";

/** Long enough for a publish, too short for a token that is found in a log. */
const TOKEN_MS = 10 * 60_000;

/**
 * Claims of runs with the rights of a repository for the changes of strangers: what they build is not the repository's. GitLab runs
 * merge requests of forks in the project itself, under the name of the fork's branch, which may be `main`.
 */
const FOREIGN_EVENTS: Record<string, string> = {
  event_name: "pull_request_target",
  pipeline_source: "merge_request_event",
};

interface Exchange {
  name: PackageName;
  idToken: string;
  /** `npm:registry.example.com` */
  audience: string;
}

/**
 * Gives a run of CI a token that publishes this one skill, for ten minutes, against the ID token of its CI system, which is good for
 * one exchange. Throws what `IdTokens.verify` throws, ENEEDAUTH where nobody trusts the run, ETOOMANY.
 */
export async function exchangeIdToken(parts: Parts, caller: Caller, wish: Exchange): Promise<MadeToken> {
  await countExchange(parts.attempts, caller.address);
  try {
    const run = await parts.idTokens.verify(wish.idToken, wish.audience);
    return await parts.metadata.transaction(
      (tx) => giveToken(tx, { parts, caller, run, skill: wish.name.full }),
      "logins",
    );
  } catch (error) {
    if (error instanceof SkillsError) await recordRefusal(parts, caller, { skill: wish.name.full, error });
    throw error;
  }
}

interface Claimed {
  parts: Parts;
  caller: Caller;
  run: VerifiedRun;
  skill: string;
}

async function giveToken(tx: MetadataWriter, { parts, caller, run, skill }: Claimed): Promise<MadeToken> {
  const now = parts.now();
  const at = now.toISOString();
  const trust = await findTrust(tx, skill, run);
  // It was good when its check began; its number, were it used before, may be forgotten already.
  if (run.expiresAt <= at) throw new SkillsError("ENEEDAUTH", "the ID token is refused: it has expired");
  // Numbers of tokens that nobody would take any more need not be remembered.
  await tx.deleteEndedFlows(at);
  if (!(await tx.useJti(run.issuer, run.jti, run.expiresAt))) {
    throw new SkillsError("ENEEDAUTH", "the ID token is refused: it was exchanged before", {
      hint: "Each publish needs an ID token of its own; see docs/trusted-publishing.md.",
    });
  }
  const { issuer, provenance } = run;
  const made = await issueToken(tx, caller, {
    at,
    kind: "publish",
    name: provenance.publisher,
    readonly: false,
    packages: [skill],
    cidr: [],
    expiresAt: new Date(now.getTime() + TOKEN_MS).toISOString(),
    run: { trustId: trust.id, provenance },
  });
  const detail = {
    trust: trust.id,
    issuer,
    repository: provenance.repository,
    run: provenance.run,
    jti: run.jti,
  };
  await audit(tx, { ...caller, token: made.token }, { at, action: "exchange", subject: skill, detail });
  return made;
}

async function findTrust(tx: MetadataReader, skill: string, run: VerifiedRun): Promise<Trust> {
  const namespace = skill.slice(0, skill.indexOf("/"));
  const all = [...(await tx.trusts(skill)), ...(await tx.trusts(namespace))];
  const candidates = all.filter(({ issuer }) => issuer === run.issuer);
  const fitting = candidates.filter((trust) => misfits(trust, run).length === 0);
  if (fitting.length === 0) throw noneFits(skill, run, candidates);
  const foreign = Object.entries(FOREIGN_EVENTS).find(([claim, event]) => run.claims[claim] === event);
  if (foreign !== undefined) {
    throw new SkillsError(
      "ENEEDAUTH",
      `a run on ${foreign[1]} may not publish: it works on the changes of strangers`,
    );
  }
  for (const trust of fitting) {
    if (await isMadeByUnlocked(tx, trust)) return trust;
  }
  throw new SkillsError("ENEEDAUTH", "whoever trusted this run is locked by an operator of the registry", {
    hint: "Another owner can trust it: skills trust add.",
  });
}

/** The message holds nothing of the token but claims. The same refusal is recorded once a minute: anybody can send what is no token. */
async function recordRefusal(
  parts: Parts,
  caller: Caller,
  { skill, error }: { skill: string; error: SkillsError },
): Promise<void> {
  const kind = `exchange ${networkOf(caller.address)} ${skill} ${error.message}`;
  if (!(await mayRecordRefusal(parts.attempts, kind))) return;
  const detail = { code: error.code, reason: error.message };
  const at = parts.now().toISOString();
  await parts.metadata.transaction(
    (tx) => audit(tx, caller, { at, action: "exchange.refused", subject: skill, detail }),
    "log",
  );
}
