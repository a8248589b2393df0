import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { type PublishDocument, publishBody } from "../support/publish-body.ts";
import { type ServerProcess, startServerProcess } from "../support/server-process.ts";
import { jsonOf } from "../support/json.ts";

const ROUNDS = 50;
const WRITERS = 6;
/** Milliseconds of publishing before the process is killed. */
const LIFE_MIN = 40;
const LIFE_MAX = 400;

interface Attempt {
  name: string;
  version: string;
  body: PublishDocument;
  acknowledged: boolean;
}

it(`loses no acknowledged version in ${ROUNDS} kills during publishing by ${WRITERS} writers`, async () => {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "skills-kill-"));
  const attempts: Attempt[] = [];
  let token = "";
  let unacknowledged = 0;
  let checked = 0;
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      const server = await startServerProcess(dataDir);
      if (round === 0) token = await register(server);
      const last = attempts.slice(checked);
      checked = attempts.length;
      for (const attempt of last.filter((candidate) => candidate.acknowledged))
        await expectIntact(server, attempt);
      for (const attempt of last.filter((candidate) => !candidate.acknowledged)) {
        unacknowledged += 1;
        expect(await send(server, token, attempt), `${attempt.name}@${attempt.version} again`).toBe(201);
        attempt.acknowledged = true;
        await expectIntact(server, attempt);
      }
      if (round === ROUNDS) await server.kill();
      else attempts.push(...(await publishUntilKilled(server, token, round)));
    }
    const server = await startServerProcess(dataDir);
    for (const attempt of attempts) await expectIntact(server, attempt);
    expect(await server.stop()).toBe(0);
    expect(attempts.length).toBeGreaterThan(ROUNDS);
    expect(unacknowledged).toBeGreaterThan(0);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});

async function register(server: ServerProcess): Promise<string> {
  const answer = await fetch(`${server.url}/-/user/org.couchdb.user:acme`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "acme", password: "correct horse battery" }),
  });
  const { token }: { token: string } = await jsonOf(answer);
  return token;
}

/** Half of the writers make new packages, the others add versions to one they share. */
async function publishUntilKilled(server: ServerProcess, token: string, round: number): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  let alive = true;
  const writers = Array.from({ length: WRITERS }, async (_value, writer) => {
    for (let serial = 0; alive; serial += 1) {
      const shared = writer % 2 === 0;
      const name = shared ? "@acme/shared" : `@acme/r${round}-w${writer}-n${serial}`;
      const version = shared ? `${round}.${writer}.${serial}` : "1.0.0";
      const body = publishBody({
        name,
        version,
        files: { "NOTE.md": `${round} ${writer} ${serial}`.repeat(400) },
      });
      const attempt = { name, version, body, acknowledged: false };
      attempts.push(attempt);
      attempt.acknowledged = (await send(server, token, attempt).catch(() => 0)) === 201;
    }
  });
  await new Promise((resolve) => setTimeout(resolve, LIFE_MIN + Math.random() * (LIFE_MAX - LIFE_MIN)));
  await server.kill();
  alive = false;
  await Promise.all(writers);
  return attempts;
}

async function send(server: ServerProcess, token: string, attempt: Attempt): Promise<number> {
  const answer = await fetch(`${server.url}/${attempt.name.replace("/", "%2f")}`, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(attempt.body),
  });
  await answer.text();
  return answer.status;
}

async function expectIntact(server: ServerProcess, attempt: Attempt): Promise<void> {
  const label = `${attempt.name}@${attempt.version}`;
  const answer = await fetch(`${server.url}/${attempt.name.replace("/", "%2f")}/${attempt.version}`);
  expect(answer.status, label).toBe(200);
  const document: { dist: { integrity: string; tarball: string } } = await jsonOf(answer);
  expect(document.dist, label).toMatchObject({ integrity: expectedIntegrity(attempt) });
  const tarball = await fetch(document.dist.tarball);
  const bytes = Buffer.from(await tarball.arrayBuffer());
  expect(`sha512-${createHash("sha512").update(bytes).digest("base64")}`, label).toBe(
    document.dist.integrity,
  );
}

function expectedIntegrity(attempt: Attempt): unknown {
  const version: { dist?: { integrity?: string } } = attempt.body.versions[attempt.version] ?? {};
  return version.dist?.integrity;
}
