import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { alter, startTrap, type Trap } from "../support/altered.ts";
import { type Front, startFront } from "../support/front.ts";
import { jsonOf } from "../support/json.ts";
import { guardSecret } from "../support/leaks.ts";
import { keysOf, type MirrorRegistry, startMirror } from "../support/mirror.ts";
import { publishBody, type PublishBodyOptions } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";

interface PackumentVersion {
  name: string;
  version: string;
  _npmUser: { name: string };
  dist: { integrity: string; tarball: string; signatures: { keyid: string; sig: string }[] };
}
interface Packument {
  name: string;
  versions: Record<string, PackumentVersion>;
  time: Record<string, string>;
}
interface Revisions {
  skills: { name: string; rev: string; visibility: string }[];
  next: string | null;
}

const TOKEN = guardSecret("skl_0123456789abcdefghijklmnopqrstuvwxyz-upstream");
const LIST = "/api/namespaces/acme/revisions";
const OTHER_BYTES = `sha512-${createHash("sha512").update("other").digest("base64")}`;
const QUICK = { silentMs: 200, wholeMs: 600 };

describe("a mirror of a registry that lies", () => {
  let upstream: TestRegistry;
  let front: Front;
  let trap: Trap;
  let mirror: MirrorRegistry;
  let owner: string;
  let count = 0;

  beforeAll(async () => {
    upstream = await startRegistry();
    owner = await upstream.account("acme");
    front = await startFront(upstream);
    trap = await startTrap();
    await publish({ name: "@acme/sound" });
    const keys = await keysOf(upstream);
    mirror = await startMirror({ url: front.url, namespaces: ["acme"], keys, token: null });
  });
  afterEach(async () => {
    front.answer = undefined;
    await mirror.follow();
  });
  afterAll(async () => {
    for (const one of [mirror, trap, front, upstream]) await one[Symbol.asyncDispose]();
  });

  async function publish(options: PublishBodyOptions & { name: string }): Promise<void> {
    const body = JSON.stringify(publishBody(options));
    const answer = await upstream.fetch(`/${options.name.replace("/", "%2f")}`, {
      method: "PUT",
      token: owner,
      body,
    });
    expect(answer.status).toBe(201);
  }

  /** A skill that is new there. */
  async function fresh(): Promise<{ name: string; path: string; tarball: string }> {
    count += 1;
    const name = `@acme/new-${count}`;
    await publish({ name });
    return { name, path: `/${name.replace("/", "%2f")}`, tarball: `/${name}/-/new-${count}-1.0.0.tgz` };
  }

  function alterPackument(path: string, change: (packument: Packument) => void): void {
    alter(front, path, async () => {
      const packument = await jsonOf<Packument>(upstream.fetch(path));
      change(packument);
      return packument;
    });
  }

  const only = (packument: Packument): PackumentVersion => {
    const version = packument.versions["1.0.0"];
    if (version === undefined) throw new Error("there is no 1.0.0");
    return version;
  };

  it.each<[string, (packument: Packument) => void, string]>([
    ["is another one's", (p) => void (only(p).name = "@acme/sound"), "another version in its place"],
    ["has another number", (p) => void (only(p).version = "2.0.0"), "another version in its place"],
    ["is not signed", (p) => void (only(p).dist.signatures = []), "not signed with a key"],
    [
      "has the signature of other bytes",
      (p) => void (only(p).dist.integrity = OTHER_BYTES),
      "not signed with a key",
    ],
    ["was never published", (p) => void delete p.time["1.0.0"], "when it was published"],
    [
      "has a publisher who drives terminals",
      (p) => void (only(p)._npmUser.name = "\u001B[2J"),
      "publisher cannot be shown",
    ],
  ])("leaves out a version that %s, and says so", async (_what, change, reason) => {
    const { name, path } = await fresh();
    alterPackument(path, change);
    expect((await mirror.follow()).namespaces[0]).toMatchObject({ copied: 1, failure: null });
    expect((await mirror.fetch(path)).status).toBe(404);
    const refusals = await mirror.stores.metadata.mirrorRefusalsOf(name);
    expect(refusals.map((one) => one.reason)).toEqual([expect.stringContaining(reason)]);
  });

  it("shows of what no signature covers only what is sound, and takes nobody here for its publisher", async () => {
    const { path, name } = await fresh();
    await mirror.account("acme-ada");
    alterPackument(path, (packument) => {
      const nobody = {
        issuer: "x",
        publisher: "x",
        commit: null,
        ref: null,
        workflow: null,
        environment: null,
      };
      only(packument)._npmUser.name = "acme-ada";
      Object.assign(only(packument), {
        deprecated: "\u001B[2Jgone",
        provenance: { ...nobody, repository: "javascript:alert(1)", run: null },
      });
      Object.assign(packument, { "dist-tags": { latest: "1.0.0", "1.x": "1.0.0", "\u202E": "1.0.0" } });
    });
    await mirror.follow();
    const shown = await jsonOf<{ provenance: null; deprecated: string; tags: Record<string, string> }>(
      mirror.fetch(`/api/skills/${name.slice(1)}`),
    );
    expect(shown).toMatchObject({
      provenance: null,
      deprecated: "\\u{1b}[2Jgone",
      tags: { latest: "1.0.0" },
    });
    expect(Object.keys(shown.tags)).toEqual(["latest"]);
    expect(await (await mirror.fetch(`/skills/${name.slice(1)}`)).text()).not.toContain(
      'href="/skills/acme-ada"',
    );
  });

  it("never gives a known version other bytes: the copy stays, and the difference is reported", async () => {
    await publish({ name: "@acme/sound", version: "1.0.1" });
    alterPackument("/@acme%2fsound", (packument) => {
      only(packument).dist.integrity = OTHER_BYTES;
    });
    await mirror.follow();
    const { versions } = await jsonOf<Packument>(mirror.fetch("/@acme%2fsound"));
    expect(Object.keys(versions)).toEqual(["1.0.0", "1.0.1"]);
    expect(versions["1.0.0"]?.dist.integrity).not.toBe(OTHER_BYTES);
    const [refusal] = await mirror.stores.metadata.mirrorRefusalsOf("@acme/sound");
    expect(refusal).toMatchObject({ version: "1.0.0", integrity: OTHER_BYTES });
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ["other bytes", (response) => void response.end("other"), "other bytes than were signed"],
    ["nothing", (response) => void response.writeHead(404).end(), "has no tarball"],
    [
      "a way to another address",
      (response) => void response.writeHead(302, { location: trap.url }).end(),
      "does not allow",
    ],
    [
      "a way round and round",
      (response) => void response.writeHead(302, { location: "?again" }).end(),
      "on and on",
    ],
  ])("stays behind when the tarball is %s, and has the other skills", async (_what, answer, failure) => {
    const broken = await fresh();
    const sound = await fresh();
    front.answer = ({ url = "" }, response) => {
      if (url.split("?")[0] !== broken.tarball) return false;
      answer(response);
      return true;
    };
    const [report] = (await mirror.follow()).namespaces;
    expect(report).toMatchObject({ copied: 1, behind: 1, failure: expect.stringContaining(failure) });
    expect([(await mirror.fetch(broken.path)).status, (await mirror.fetch(sound.path)).status]).toEqual([
      404, 200,
    ]);
    expect(trap.visits).toEqual([]);
  });

  it("fetches tarballs from the configured address, wherever the packument says they are", async () => {
    const { path } = await fresh();
    alterPackument(path, (packument) => {
      only(packument).dist.tarball = `${trap.url}/new.tgz`;
    });
    await mirror.follow();
    expect([(await mirror.fetch(path)).status, trap.visits]).toEqual([200, []]);
  });

  it("follows to an address that is allowed, without its token", async () => {
    const { path, tarball } = await fresh();
    front.answer = ({ url }, response) => {
      if (url !== tarball) return false;
      response.writeHead(307, { location: `${trap.url}${tarball}` }).end();
      return true;
    };
    // The token is none of that registry's: it is asked as anybody.
    const token = await upstream.account("reader");
    const upstreamWith = { token, redirects: [trap.url] };
    const [report] = (await mirror.follow({ upstream: upstreamWith })).namespaces;
    expect(report?.failure).toContain("other bytes than were signed");
    expect(trap.visits.splice(0).map((headers) => headers.authorization)).toEqual([undefined]);
    expect((await mirror.fetch(path)).status).toBe(404);
  });

  it.each<[string, (list: Revisions) => void, string]>([
    [
      "skills of other namespaces",
      (list) => void list.skills.push({ name: "@other/x", rev: "1", visibility: "public" }),
      "another namespace",
    ],
    [
      "what is no name",
      (list) => void list.skills.push({ name: "@acme/../x", rev: "1", visibility: "public" }),
      "another namespace",
    ],
    ["the same pages for ever", (list) => void (list.next = "again"), "twice, or too many"],
    [
      "empty pages for ever",
      (list) => void Object.assign(list, { skills: [], next: "again" }),
      "without skills",
    ],
  ])("does nothing for a list with %s", async (_what, change, failure) => {
    alter(front, LIST, async () => {
      const list = await jsonOf<Revisions>(upstream.fetch(LIST));
      change(list);
      return list;
    });
    const [report] = (await mirror.follow({ again: true })).namespaces;
    expect(report).toMatchObject({ copied: 0, gone: 0, failure: expect.stringContaining(failure) });
    expect((await mirror.fetch("/@acme%2fsound")).status).toBe(200);
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    [
      "a page for people",
      (response) => void response.setHeader("content-type", "text/html").end("<h1>hello"),
      "something else",
    ],
    ["a body without end", (response) => endless(response), "more than"],
    ["one byte now and then", (response) => drip(response, 50), "too slow"],
    ["silence", () => undefined, "too slow"],
    ["nobody there", (response) => void response.destroy(), "could not be reached"],
    ["a fault of its own", (response) => void response.writeHead(500).end(), "status 500"],
  ])("keeps its copy and says why when the list is %s", async (_what, answer, failure) => {
    front.answer = ({ url = "" }, response) => {
      if (!url.startsWith(LIST)) return false;
      answer(response);
      return true;
    };
    const [report] = (await mirror.follow({ again: true, patience: QUICK })).namespaces;
    expect(report?.failure).toContain(failure);
    expect((await mirror.fetch("/@acme/sound/-/sound-1.0.0.tgz")).status).toBe(200);
  });

  it("believes nothing of a registry that shows none of its keys, and names those that it shows", async () => {
    const [shown = ""] = await keysOf(upstream);
    const other = `SHA256:${"A".repeat(43)}=`;
    await fresh();
    for (const [keys, says] of [
      [[other], "none of the configured keys"],
      [[], "no keys of upstream are configured"],
    ] as const) {
      const [report] = (await mirror.follow({ upstream: { keys: [...keys] } })).namespaces;
      expect(report).toMatchObject({ copied: 0, failure: expect.stringContaining(says) });
      expect(report?.failure).toContain(shown);
    }
  });

  it("waits as long as it is told, and says nothing of its token", async () => {
    front.answer = (_request, response) => {
      response.writeHead(429, { "retry-after": "77" }).end(TOKEN);
      return true;
    };
    const round = await mirror.follow({ upstream: { token: TOKEN } });
    expect(round.retryAfterSeconds).toBe(77);
    front.answer = undefined;
    const refused = await mirror.follow({ upstream: { token: TOKEN } });
    expect(refused.namespaces[0]?.failure).toBe("upstream does not take our token");
    expect(JSON.stringify([round, refused, await mirror.stores.metadata.mirrors()])).not.toContain(TOKEN);
  });

  it("asked for nothing outside its namespaces in all of this", () => {
    const paths = front.asked.map((line) => line.split(" ")[0] ?? "");
    const outside = paths.filter(
      (path) =>
        !/^\/(-\/npm\/v1\/keys$|api\/namespaces\/acme\/|api\/skills\/acme\/|@acme(%2f|\/))/.test(path),
    );
    expect(outside).toEqual([]);
  });
});

function endless(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(256 * 1024, " ")));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
}

function drip(response: ServerResponse, everyMs: number): void {
  const timer = setInterval(() => response.write(" "), everyMs);
  response.once("close", () => clearInterval(timer));
}
