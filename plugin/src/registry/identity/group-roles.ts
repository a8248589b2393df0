import { SkillsError } from "@skills-registry/schema";
import { LRUCache } from "lru-cache";
import type { Identity } from "../../store/identity.ts";
import type { Metadata } from "../../store/metadata.ts";
import type { Nodes } from "../../store/nodes.ts";
import type { Providers } from "./provider.ts";
import { type Due, renewAlone } from "./renew-groups.ts";
import type { Seal } from "./seal.ts";

type Use = "reading" | "writing";

/** Minutes for which an answer counts for reading: a day. */
const READING_MINUTES = 1_440;
/** A provider that failed is left alone for so long, for each person. */
const PAUSE_MS = 10_000;
/** People of failing providers that are remembered. */
const FAILED_MAX = 10_000;

/**
 * Roles by groups hold as long as the provider says so. Publishing takes an answer that is minutes old, reading one of the same day:
 * a provider that is away must not take everybody's skills away.
 */
export interface GroupRoles {
  /** ISO time; groups that were told before it do not count any more. */
  countsFrom(use: Use): string;
  /**
   * Asks the providers of the account's identities for its groups, where they last told more than minutes ago; true when one
   * was asked. An identity whose grant has ended is left without groups; one that there is nothing to ask with keeps them until
   * they count no more. Throws EPROVIDER when one does not answer and the use is `writing`.
   */
  refresh(accountId: number, use: Use): Promise<boolean>;
}

export interface GroupRolesParts {
  metadata: Metadata;
  nodes: Pick<Nodes, "lease">;
  providers: Providers;
  seal: Seal;
  now: () => Date;
  /** Minutes for which an answer counts for publishing. */
  minutes: number;
}

/** Answers are kept in the database and nowhere else, so that what an operator takes away there is gone at once. */
export function groupRoles(parts: GroupRolesParts): GroupRoles {
  const asking = new Map<string, Promise<void>>();
  const failed = new LRUCache<string, { at: number; error: unknown }>({ max: FAILED_MAX });
  const countsFrom = (use: Use): string => {
    const minutes = use === "writing" ? parts.minutes : READING_MINUTES;
    return new Date(parts.now().getTime() - minutes * 60_000).toISOString();
  };

  /** Everybody who asks about one identity at a time waits for one answer. */
  async function renewOnce(due: Due): Promise<void> {
    const key = JSON.stringify([due.identity.provider, due.identity.subject]);
    const failure = failed.get(key);
    if (failure !== undefined && parts.now().getTime() - failure.at < PAUSE_MS) throw failure.error;
    const running = asking.get(key) ?? renewAlone(parts, due).finally(() => asking.delete(key));
    asking.set(key, running);
    try {
      await running;
      failed.delete(key);
    } catch (error) {
      if (isProviders(error)) failed.set(key, { at: parts.now().getTime(), error });
      throw error;
    }
  }

  return {
    countsFrom,
    async refresh(accountId, use) {
      const identities = await parts.metadata.identities(accountId);
      const stale = identities.filter(({ groupsAt }) => groupsAt < countsFrom("writing"));
      const due = stale.flatMap((identity) => dueOf(parts, identity) ?? []);
      const results = await Promise.allSettled(due.map(renewOnce));
      for (const result of results) {
        if (result.status === "fulfilled") continue;
        if (use === "writing" || !isProviders(result.reason)) throw result.reason;
      }
      return due.length > 0;
    },
  };
}

/** Undefined when the provider is not configured any more, gave nothing to ask with, or the key of the seal is another one. */
function dueOf({ providers, seal }: GroupRolesParts, identity: Identity): Due | undefined {
  const provider = providers.find(({ id }) => id === identity.provider);
  const grant = identity.grant === null ? undefined : seal.open(identity.grant);
  return provider === undefined || grant === undefined ? undefined : { identity, provider, grant };
}

function isProviders(error: unknown): boolean {
  return error instanceof SkillsError && error.code === "EPROVIDER";
}
