import { createPublicKey, verify } from "node:crypto";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonOf } from "../support/json.ts";
import { keysOf, type MirrorRegistry, startMirror } from "../support/mirror.ts";
import { npmUser } from "../support/npm.ts";
import { makeProject, release } from "../support/project.ts";
import { startTeam, type Team } from "../support/team.ts";

interface Published {
  dist: { integrity: string; signatures: { keyid: string; sig: string }[] };
}

let upstream: Team;
let mirror: MirrorRegistry;

beforeAll(async () => {
  upstream = await startTeam();
  await release(upstream, { name: "@acme/letters" });
  const { registry } = upstream;
  mirror = await startMirror({ url: registry.url, namespaces: ["acme"], keys: await keysOf(registry) });
});
afterAll(async () => {
  await mirror[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

test("a skills.lock made against the origin installs and verifies against the mirror, by the origin's signature", async () => {
  await using there = await makeProject(upstream.registry.url);
  expect(await there.skills(["add", "@acme/letters"])).toMatchObject({ code: 0 });
  await using here = await makeProject(mirror.url);
  for (const file of ["skills.json", "skills.lock"])
    await cp(join(there.folder, file), join(here.folder, file));
  expect(await here.skills(["install"])).toMatchObject({ code: 0 });
  const { host } = new URL(mirror.url);
  expect(await here.skills(["verify"])).toMatchObject({
    code: 0,
    stdout: `ok @acme/letters@1.0.0 signed by ${host}\n`,
  });
});

test("npm and skills install from the mirror with the origin away, and its keys prove what npm audit signatures would ask", async () => {
  await upstream.registry[Symbol.asyncDispose]();
  expect((await mirror.follow()).namespaces[0]?.failure).toBe("upstream could not be reached");
  await using here = await makeProject(mirror.url);
  expect(await here.skills(["add", "@acme/letters"])).toMatchObject({ code: 0 });
  expect(await here.skills(["verify"])).toMatchObject({ code: 0 });
  await using user = await npmUser(mirror);
  const folder = await user.folder("project", {
    "package.json": '{ "name": "project", "version": "1.0.0" }',
  });
  expect(await user.npm(["install", "@acme/letters"], { cwd: folder })).toMatchObject({ code: 0 });
  const { keys } = await jsonOf<{ keys: { keyid: string; key: string }[] }>(mirror.fetch("/-/npm/v1/keys"));
  const { dist } = await jsonOf<Published>(mirror.fetch("/@acme%2fletters/1.0.0"));
  const [signature] = dist.signatures;
  const key = keys.find(({ keyid }) => keyid === signature?.keyid)?.key ?? "";
  const publicKey = createPublicKey({ key: Buffer.from(key, "base64"), format: "der", type: "spki" });
  const signed = Buffer.from(`@acme/letters@1.0.0:${dist.integrity}`);
  expect(verify("sha256", signed, publicKey, Buffer.from(signature?.sig ?? "", "base64"))).toBe(true);
});
