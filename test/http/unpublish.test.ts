import { expect, it } from "vitest";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry } from "../support/registry.ts";

it("an unpublished version comes back with the same bytes, and with no others", async () => {
  await using registry = await startRegistry();
  const token = await registry.account("acme");
  const publish = async (body: object): Promise<Response> =>
    await registry.fetch("/@acme%2fsample", { method: "PUT", token, body: JSON.stringify(body) });
  const first = publishBody();
  expect((await publish(first)).status).toBe(201);
  const tarball = async (): Promise<Buffer> => {
    const answer = await registry.fetch("/@acme/sample/-/sample-1.0.0.tgz");
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  };
  const bytes = await tarball();
  const before: { _rev: string } = await jsonOf(registry.fetch("/@acme%2fsample"));
  const removed = await registry.fetch(`/@acme/sample/-/sample-1.0.0.tgz/-rev/${before._rev}`, {
    method: "DELETE",
    token,
  });
  expect(removed.status).toBe(200);
  expect((await registry.fetch("/@acme%2fsample")).status).toBe(404);

  expect((await publish(publishBody({ files: { "NEW.md": "other bytes" } }))).status).toBe(409);
  expect((await registry.fetch("/@acme%2fsample")).status).toBe(404);

  expect((await publish(first)).status).toBe(201);
  expect(await tarball()).toEqual(bytes);
});
