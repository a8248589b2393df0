import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyAudit } from "../../plugin/src/registry/audit-chain.ts";
import { jsonOf } from "../support/json.ts";
import { type PublishDocument, publishBody } from "../support/publish-body.ts";
import { startTwoNodes, type TwoNodes } from "../support/two-nodes.ts";

const RACERS = 20;

describe(`${RACERS} publishes at once over two nodes`, () => {
  let nodes: TwoNodes;
  let token: string;
  beforeAll(async () => {
    nodes = await startTwoNodes();
    token = await nodes.a.account("acme");
  });
  afterAll(async () => await nodes[Symbol.asyncDispose]());

  /** The nodes in turn; returns the status of each. */
  async function race(bodies: PublishDocument[]): Promise<number[]> {
    return await Promise.all(
      bodies.map(async (body, index) => {
        const node = index % 2 === 0 ? nodes.a : nodes.b;
        const init = { method: "PUT", token, body: JSON.stringify(body) };
        const answer = await node.fetch(`/${body.name.replace("/", "%2f")}`, init);
        await answer.text();
        return answer.status;
      }),
    );
  }

  it("of different versions of a new skill all land, and latest is the highest", async () => {
    const versions = Array.from({ length: RACERS }, (_value, index) => `1.0.${index}`);
    const statuses = await race(versions.map((version) => publishBody({ name: "@acme/many", version })));
    expect(new Set(statuses)).toEqual(new Set([201]));
    for (const node of [nodes.a, nodes.b]) {
      const packument: { _rev: string; versions: object; "dist-tags": object } = await jsonOf(
        node.fetch("/@acme%2fmany"),
      );
      expect(Object.keys(packument.versions).toSorted()).toEqual(versions.toSorted());
      expect(packument["dist-tags"]).toEqual({ latest: `1.0.${RACERS - 1}` });
      expect(packument._rev).toBe(String(RACERS));
    }
  });

  it("of different skills all land, and are found on both nodes", async () => {
    const names = Array.from({ length: RACERS }, (_value, index) => `@acme/skill-${index}`);
    const statuses = await race(names.map((name) => publishBody({ name })));
    expect(new Set(statuses)).toEqual(new Set([201]));
    for (const node of [nodes.a, nodes.b]) {
      const found: { total: number } = await jsonOf(node.fetch("/-/v1/search?text=sample&size=1"));
      expect(found.total).toBeGreaterThanOrEqual(RACERS);
    }
  });

  it("of one version with different bytes: one wins, and both nodes serve its bytes", async () => {
    const bodies = Array.from({ length: RACERS }, (_value, index) =>
      publishBody({ name: "@acme/one", files: { "A.md": `${index}` } }),
    );
    const statuses = await race(bodies);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, ...Array<number>(RACERS - 1).fill(409)]);
    const winner: { dist?: { integrity?: string } } = bodies[statuses.indexOf(201)]?.versions["1.0.0"] ?? {};
    for (const node of [nodes.a, nodes.b]) {
      const bytes = Buffer.from(await (await node.fetch("/@acme/one/-/one-1.0.0.tgz")).arrayBuffer());
      const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
      expect(integrity).toBe(winner.dist?.integrity);
    }
  });

  it("leave an audit log whose every entry follows the one before", async () => {
    const verdict = await verifyAudit(nodes.metadata);
    expect(verdict).toMatchObject({ intact: true });
    const published = (await nodes.metadata.auditAfter(0, 500)).filter(({ action }) => action === "publish");
    expect(published).toHaveLength(2 * RACERS + 1);
  });
});
