import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ErrorAnswer, type PublishAnswer, publishAnswer } from "../../schema/src/index.ts";
import { jsonOf } from "../support/json.ts";
import { publishBody } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { buildSkill, type Files, packageTarball } from "../support/skill.ts";
import { hostileTarballs } from "../support/tarball.ts";
import { zip, zipFiles } from "../support/zip-writer.ts";
import { hostileZips } from "../support/zips.ts";

const run = promisify(execFile);

let registry: TestRegistry;
let token: string;

beforeAll(async () => {
  registry = await startRegistry();
  token = await registry.account("acme");
});
afterAll(async () => await registry[Symbol.asyncDispose]());

interface Sent {
  query?: string;
  type?: string;
  token?: string | undefined;
}

/** Uploads as @acme. */
async function post(skill: string, body: Uint8Array, sent: Sent = {}): Promise<Response> {
  return await registry.fetch(`/api/skills/acme/${skill}${sent.query ?? ""}`, {
    method: "POST",
    ...("token" in sent ? (sent.token === undefined ? {} : { token: sent.token }) : { token }),
    headers: { "content-type": sent.type ?? "application/octet-stream" },
    body: Buffer.from(body),
  });
}

/** Status, action and version of an upload that went well. */
async function uploaded(skill: string, body: Uint8Array, query = ""): Promise<string> {
  const answer = await post(skill, body, { query });
  const document = await jsonOf<PublishAnswer>(answer);
  expect(document).toMatchObject({ ok: true });
  const { action, version } = publishAnswer.parse(document);
  return `${answer.status} ${action} ${version}`;
}

async function refused(answer: Response): Promise<ErrorAnswer & { httpStatus: number; codes: string[] }> {
  const document = await jsonOf<ErrorAnswer>(answer);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  return { ...document, httpStatus: answer.status, codes: document.issues.map(({ code }) => code) };
}

async function manifestOf(skill: string, version: string): Promise<Record<string, unknown>> {
  return await jsonOf(registry.fetch(`/@acme/${skill}/${version}`));
}

function skillFiles(skill: string, body = "Do it."): Files {
  return {
    "SKILL.md": `---\nname: ${skill}\ndescription: Does ${skill}.\nlicense: MIT\n---\n\n${body}\n`,
    "scripts/run.sh": "#!/bin/sh\ntrue\n",
  };
}

describe("uploading a .zip without package.json", () => {
  it("creates 1.0.0, then bumps the patch, then finds nothing new", async () => {
    expect(await uploaded("first", zipFiles(skillFiles("first")))).toBe("201 created 1.0.0");
    expect(await uploaded("first", zipFiles(skillFiles("first", "Do more.")))).toBe("200 updated 1.0.1");
    expect(await uploaded("first", zipFiles(skillFiles("first", "Do more.")))).toBe("200 unchanged 1.0.1");
    expect(await manifestOf("first", "latest")).toMatchObject({
      name: "@acme/first",
      version: "1.0.1",
      description: "Does first.",
      license: "MIT",
      keywords: ["agent-skill"],
      skill: { name: "first" },
    });
  });

  it("leaves out one folder around everything, and what macOS and Windows add", async () => {
    const inside = Object.entries(skillFiles("boxed")).map(([name, data]) => [`boxed-main/${name}`, data]);
    const extras = {
      "__MACOSX/boxed-main/._SKILL.md": "x",
      "boxed-main/.DS_Store": "x",
      "boxed-main/docs/Thumbs.db": "x",
    };
    expect(await uploaded("boxed", zipFiles({ ...Object.fromEntries(inside), ...extras }))).toBe(
      "201 created 1.0.0",
    );
    expect(await uploaded("boxed", zipFiles(skillFiles("boxed")))).toBe("200 unchanged 1.0.0");
  });

  it("takes the version and the tag of the address", async () => {
    await uploaded("tagged", zipFiles(skillFiles("tagged")));
    const beta = zipFiles(skillFiles("tagged", "Beta."));
    expect(await uploaded("tagged", beta, "?version=2.0.0-beta.1&tag=beta")).toBe("200 updated 2.0.0-beta.1");
    const tags: unknown = await jsonOf(registry.fetch("/-/package/@acme%2ftagged/dist-tags"));
    expect(tags).toEqual({ latest: "1.0.0", beta: "2.0.0-beta.1" });
    expect(await uploaded("tagged", beta, "?version=2.0.0-beta.1")).toBe("200 unchanged 2.0.0-beta.1");
  });

  it("publishes a pack under the name of the address", async () => {
    const files = Object.fromEntries(
      ["one", "two"].flatMap((name) =>
        Object.entries(skillFiles(name)).map(([file, data]) => [`skills/${name}/${file}`, data]),
      ),
    );
    expect(await uploaded("pack", zipFiles(files))).toBe("201 created 1.0.0");
    expect(await manifestOf("pack", "latest")).toMatchObject({ skills: [{ name: "one" }, { name: "two" }] });
  });

  it("steps over a number that was unpublished", async () => {
    await uploaded("gone", zipFiles(skillFiles("gone")));
    await uploaded("gone", zipFiles(skillFiles("gone", "Two.")));
    const packument = await jsonOf<{ _rev: string }>(registry.fetch("/@acme%2fgone"));
    const removed = await registry.fetch(`/@acme%2fgone/-rev/${packument._rev}`, { method: "DELETE", token });
    expect(removed.status).toBeLessThan(300);
    expect(await uploaded("gone", zipFiles(skillFiles("gone", "Three.")))).toMatch(/^201 created 1\.0\.2$/);
  });

  it("refuses a SKILL.md of another name, with the finding", async () => {
    const answer = await refused(await post("other", zipFiles(skillFiles("some"))));
    expect(answer).toMatchObject({ httpStatus: 422, code: "ESKILLINVALID" });
    expect(answer.issues).toContainEqual(
      expect.objectContaining({ path: "SKILL.md", line: 2, severity: "error" }),
    );
  });

  it("refuses a version that is published with other content", async () => {
    await uploaded("taken", zipFiles(skillFiles("taken")));
    const answer = await post("taken", zipFiles(skillFiles("taken", "Other.")), { query: "?version=1.0.0" });
    expect(await refused(answer)).toMatchObject({ httpStatus: 409, code: "EVERSIONTAKEN" });
  });

  it("gives parallel uploads of different content different versions", async () => {
    const bodies = Array.from({ length: 6 }, (_, index) => zipFiles(skillFiles("race", `Body ${index}.`)));
    const outcomes = await Promise.all(bodies.map(async (body) => await uploaded("race", body)));
    expect(outcomes.map((outcome) => outcome.split(" ")[2] ?? "").toSorted()).toEqual(
      Array.from({ length: 6 }, (_, index) => `1.0.${index}`),
    );
  });

  it("gives parallel uploads of the same content one version", async () => {
    const body = zipFiles(skillFiles("same"));
    const outcomes = await Promise.all(Array.from({ length: 6 }, async () => await uploaded("same", body)));
    expect(outcomes.toSorted()).toEqual([
      ...Array.from({ length: 5 }, () => "200 unchanged 1.0.0"),
      "201 created 1.0.0",
    ]);
  });
});

describe("uploading with package.json", () => {
  it("publishes npm's tarball byte for byte", async () => {
    const { tarball } = buildSkill({ name: "@acme/whole", version: "3.1.0" });
    expect(await uploaded("whole", tarball)).toBe("201 created 3.1.0");
    const stored = await registry.fetch("/@acme/whole/-/whole-3.1.0.tgz");
    expect(Buffer.from(await stored.arrayBuffer()).equals(tarball)).toBe(true);
    expect(await uploaded("whole", tarball)).toBe("200 unchanged 3.1.0");
  });

  it("takes the version of a .zip from it", async () => {
    const { files } = buildSkill({ name: "@acme/zipped", version: "0.4.0" });
    expect(await uploaded("zipped", zipFiles(files))).toBe("201 created 0.4.0");
  });

  it("finds what npm published unchanged in a .zip", async () => {
    const { files, tarball } = buildSkill({ name: "@acme/both", version: "1.0.0" });
    await uploaded("both", tarball);
    expect(await uploaded("both", zipFiles(files))).toBe("200 unchanged 1.0.0");
  });

  it.each([
    ["another name", { name: "@acme/else" }, "", "ESKILLMISMATCH", 422],
    ["another version than the address", {}, "?version=2.0.0", "ESKILLMISMATCH", 422],
    ["private", { manifest: { private: true } }, "", "ESKILLINVALID", 422],
  ])("refuses one that says %s", async (_, options, query, code, status) => {
    const built = buildSkill({ name: "@acme/wrong", ...options });
    for (const body of [built.tarball, zipFiles(built.files)]) {
      expect(await refused(await post("wrong", body, { query }))).toMatchObject({ httpStatus: status, code });
    }
  });
});

describe("uploading what archivers write", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "skills-upload-"));
  });
  afterAll(async () => await rm(folder, { recursive: true, force: true }));

  async function write(skill: string, more: Files = {}): Promise<string> {
    const root = path.join(folder, skill);
    for (const [file, data] of Object.entries({ ...skillFiles(skill), ...more })) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), data);
    }
    await chmod(path.join(root, "scripts/run.sh"), 0o775);
    return root;
  }

  async function output(command: string, ...args: string[]): Promise<Buffer> {
    return (await run(command, args, { encoding: "buffer", cwd: folder, maxBuffer: 1e8 })).stdout;
  }

  it.each([
    ["tar of a folder", (name: string) => output("tar", "-czf", "-", name)],
    ["tar of what is in it", (name: string) => output("tar", "-czf", "-", "-C", name, ".")],
    ["tar in the PAX format", (name: string) => output("tar", "--format=pax", "-czf", "-", name)],
    [
      "tar with large user numbers",
      (name: string) => output("tar", "--owner=x:4000000000", "-czf", "-", name),
    ],
    [
      "tar, then gzip with its name in it",
      (name: string) => output("sh", "-c", `tar cf ${name}.tar ${name} && gzip -c ${name}.tar`),
    ],
    ["zip", (name: string) => output("sh", "-c", `zip -qr ${name}.zip ${name} && cat ${name}.zip`)],
    ["zip to a pipe", (name: string) => output("sh", "-c", `zip -qr - ${name} | cat`)],
  ])("takes %s", async (what, pack) => {
    const skill = what.replace(/[^a-z]+/g, "-");
    await write(skill, { [`references/${"long-".repeat(20)}name.md`]: "x", "references/übersicht.md": "y" });
    expect(await uploaded(skill, await pack(skill))).toBe("201 created 1.0.0");
    const { files } = await jsonOf<{ files: unknown[] }>(
      registry.fetch(`/api/skills/acme/${skill}/latest/files`),
    );
    expect(files).toContainEqual({ path: "scripts/run.sh", size: 15, kind: "text", executable: true });
    expect(files).toContainEqual(expect.objectContaining({ path: "references/übersicht.md" }));
    expect(files).toHaveLength(5);
  });

  it.each([
    ["of the folder", "tar -czf - versioned"],
    ["of its files", "tar --format=ustar -czf - -C versioned package.json SKILL.md scripts"],
  ])("takes the version from package.json in a tar %s", async (_, command) => {
    const name = command.includes("ustar") ? "files" : "folder";
    const manifest = JSON.stringify({ name: `@acme/${name}`, version: "0.7.0", license: "MIT" });
    await write("versioned", { "package.json": manifest, ...skillFiles(name) });
    expect(await uploaded(name, await output("sh", "-c", command))).toBe("201 created 0.7.0");
  });

  it.each([
    ["tar", "tar czf - linked"],
    ["zip", "zip -qry linked.zip linked && cat linked.zip"],
  ])("refuses a link in a %s", async (_, command) => {
    const root = await write("linked");
    await rm(path.join(root, "passwords"), { force: true });
    await symlink("/etc/passwd", path.join(root, "passwords"));
    const answer = await refused(await post("linked", await output("sh", "-c", command)));
    expect(answer).toMatchObject({ httpStatus: 422, codes: expect.arrayContaining(["archive.link"]) });
  });
});

describe("a bad upload", () => {
  it.each(hostileZips)("is refused: $name in a .zip", async ({ bytes, codes }) => {
    const answer = await refused(await post("sample", bytes()));
    expect(answer).toMatchObject({
      httpStatus: 422,
      code: "ESKILLINVALID",
      codes: expect.arrayContaining([...codes]),
    });
  });

  const sendable = hostileTarballs.filter(({ bytes }) =>
    bytes()
      .subarray(0, 2)
      .equals(Buffer.from([0x1f, 0x8b])),
  );
  // Without package.json, under any root or with any header, an archive is read by the rules for other packers.
  const readByOthers = new Set(["a file name in the gzip header", "no package.json"]);
  it.each(sendable.filter(({ name }) => !readByOthers.has(name)))(
    "is refused: $name in a .tgz",
    async ({ bytes }) => {
      expect(await refused(await post("sample", bytes()))).toMatchObject({ httpStatus: 422 });
    },
  );

  it.each([
    ["no body", Buffer.alloc(0), {}, 400, "EBADBODY"],
    ["text", Buffer.from("name: x"), {}, 400, "EBADBODY"],
    ["gzip of text", gzipSync("name: x"), {}, 422, "ESKILLINVALID"],
    ["JSON", Buffer.from("{}"), { type: "application/json" }, 400, "EBADREQUEST"],
    ["a form", Buffer.from("a=b"), { type: "application/x-www-form-urlencoded" }, 400, "EBADREQUEST"],
    ["an unknown parameter", zip([]), { query: "?force=true" }, 400, "EBADREQUEST"],
    ["two versions", zip([]), { query: "?version=1.0.0&version=2.0.0" }, 400, "EBADREQUEST"],
    ["a range as version", zip([]), { query: "?version=^1" }, 400, "EBADREQUEST"],
    ["a version as tag", zipFiles(skillFiles("sample")), { query: "?tag=1.0.0" }, 400, "EBADREQUEST"],
    ["no token", zip([]), { token: undefined }, 401, "ENEEDAUTH"],
    ["a token nobody has", zip([]), { token: "skl_nobody" }, 401, "ENEEDAUTH"],
  ] as [string, Buffer, Sent, number, string][])("is refused: %s", async (_, body, sent, status, code) => {
    expect(await refused(await post("sample", body, sent))).toMatchObject({ httpStatus: status, code });
  });

  it("is refused in the namespace of somebody else", async () => {
    const answer = await registry.fetch("/api/skills/globex/sample", {
      method: "POST",
      token,
      headers: { "content-type": "application/zip" },
      body: new Uint8Array(zipFiles(skillFiles("sample"))),
    });
    expect(await refused(answer)).toMatchObject({ httpStatus: 403, code: "ESKILLSCOPE" });
  });

  it("is refused when it is compressed once more", async () => {
    const answer = await registry.fetch("/api/skills/acme/sample", {
      method: "POST",
      token,
      headers: { "content-type": "application/zip", "content-encoding": "gzip" },
      body: new Uint8Array(gzipSync(zipFiles(skillFiles("sample")))),
    });
    expect(await refused(answer)).toMatchObject({ httpStatus: 400 });
  });

  it("leaves nothing behind", async () => {
    expect((await registry.fetch("/@acme%2fsample")).status).toBe(404);
  });
});

describe("a large upload", () => {
  const noise = Buffer.alloc(1024 * 1024).map(() => Math.floor(Math.random() * 256));

  it("of 1 MB is taken", async () => {
    expect(await uploaded("large", zipFiles({ ...skillFiles("large"), "assets/noise.bin": noise }))).toBe(
      "201 created 1.0.0",
    );
  });

  it("of 1 MB is turned away without a token, and with one that nobody has", async () => {
    for (const anybody of [undefined, "skl_nobody"]) {
      const answer = await post("large", noise, { token: anybody, type: "application/zip" });
      expect(answer.status).toBe(401);
    }
  });

  it("is turned away above the limit of a tarball", async () => {
    const answer = await post("large", Buffer.alloc(10 * 1024 * 1024 + 1, "PK"), { type: "application/zip" });
    expect(await refused(answer)).toMatchObject({ httpStatus: 413, code: "ESKILLTOOLARGE" });
  });
});

describe("an upload and npm publish", () => {
  it("continue each other's versions", async () => {
    const body = JSON.stringify(publishBody({ name: "@acme/mixed", version: "1.4.0" }));
    expect((await registry.fetch("/@acme%2fmixed", { method: "PUT", token, body })).status).toBe(201);
    expect(await uploaded("mixed", zipFiles(skillFiles("mixed")))).toBe("200 updated 1.4.1");
    expect(await uploaded("mixed", packageTarball(skillFiles("mixed", "As a .tgz.")))).toBe(
      "200 updated 1.4.2",
    );
  });
});

describe("who sees an upload", () => {
  const folder = (text: string): Buffer =>
    zipFiles({ "SKILL.md": `---\nname: seen\ndescription: Is seen.\nlicense: MIT\n---\n\n${text}\n` });
  const isSeen = async (skill: string): Promise<boolean> =>
    (await registry.fetch(`/api/skills/acme/${skill}`)).status === 200;

  it("is said with the first one, and is everybody where nothing is said", async () => {
    expect(await uploaded("seen", folder("One."))).toBe("201 created 1.0.0");
    expect(await isSeen("seen")).toBe(true);
    const hidden = buildSkill({ name: "@acme/unseen" }).tarball;
    expect(await uploaded("unseen", hidden, "?access=restricted")).toBe("201 created 1.0.0");
    expect(await isSeen("unseen")).toBe(false);
  });

  it("is not changed by a later one, with the same content or with another", async () => {
    for (const text of ["One.", "Two."]) {
      const answer = await refused(await post("seen", folder(text), { query: "?access=restricted" }));
      expect(answer).toMatchObject({ httpStatus: 400, code: "EBADREQUEST" });
      expect(answer.hint).toContain("npm access set status=private @acme/seen");
    }
    expect(await uploaded("seen", folder("Two."), "?access=public")).toBe("200 updated 1.0.1");
    expect(await isSeen("seen")).toBe(true);
    expect(await refused(await post("seen", folder("Three."), { query: "?access=secret" }))).toMatchObject({
      httpStatus: 400,
    });
  });
});
