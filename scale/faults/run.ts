import { setTimeout as sleep } from "node:timers/promises";
import type { RegistryNode } from "../cluster/node.ts";
import { newAttempt, send } from "./attempts.ts";
import { check } from "./checker.ts";
import type { Fault } from "./kinds.ts";
import type { FaultyCluster } from "./site.ts";
import { Traffic } from "./traffic.ts";

/** Load before and after the fault, so that there is something to lose. */
const BEFORE_MS = 1_000;
const AFTER_MS = 1_000;
const RECOVERY_MAX_MS = 60_000;
const POLL_MS = 50;

export interface RoundResult {
  acknowledged: number;
  refused: number;
  reads: number;
  /** Milliseconds from the end of the fault until every node is ready and takes a publish. */
  recovery: number;
  lost: string[];
  altered: string[];
  half: string[];
  /** Broken audit log, revs that go back, wrong answers under load. */
  other: string[];
}

/** One fault under load: break, mend, wait for the nodes, look at everything. */
export async function runRound(site: FaultyCluster, fault: Fault, round: number): Promise<RoundResult> {
  const { cluster } = site;
  const nodes = site.nodes.map(({ url }) => url);
  const label = `${fault.name.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}-${round}`;
  const traffic = new Traffic({ nodes, front: cluster.nginx.url, token: cluster.token }, label);
  await sleep(BEFORE_MS);
  await fault.begin(site, round);
  await sleep(fault.lasts);
  const mended = performance.now();
  await fault.end(site, round);
  await recovered(site, label);
  const recovery = performance.now() - mended;
  await sleep(AFTER_MS);
  await traffic.stop();
  const acknowledged = traffic.attempts.filter((attempt) => attempt.acknowledged).length;
  const [node] = site.nodes;
  const verdict = await check({ nodes, token: cluster.token, config: node?.config ?? "" }, traffic.attempts);
  return {
    acknowledged,
    refused: traffic.refused,
    reads: traffic.reads,
    recovery,
    lost: verdict.lost,
    altered: verdict.altered,
    half: verdict.half,
    other: [...verdict.audit, ...traffic.wrong],
  };
}

/** Resolves when every node says that it is ready, and acknowledges a publish. Nobody helps. */
async function recovered({ nodes, cluster }: FaultyCluster, label: string): Promise<void> {
  const deadline = performance.now() + RECOVERY_MAX_MS;
  const waitFor = async (node: RegistryNode, what: string, holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) {
      if (performance.now() > deadline) {
        const state = node.program.isRunning() ? "is running" : "has ended";
        throw new Error(
          `${node.name} ${what} after ${RECOVERY_MAX_MS / 1_000} s; it ${state}:\n${node.program.output()}`,
        );
      }
      await sleep(POLL_MS);
    }
  };
  await Promise.all(
    nodes.map(async (node) => {
      await waitFor(node, "is not ready", async () => await node.isReady());
      const attempt = newAttempt(`@acme/${label}-${node.name}-recovered`, "1.0.0");
      await waitFor(
        node,
        "takes no publish",
        async () => (await send(node.url, cluster.token, attempt)) === 201,
      );
    }),
  );
}
