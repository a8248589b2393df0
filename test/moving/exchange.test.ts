import { mkdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportNamespaces } from "../../plugin/src/moving/export.ts";
import { importNamespaces, type Imported } from "../../plugin/src/moving/import.ts";
import { verify } from "../../plugin/src/moving/verify.ts";
import { quarantine } from "../../plugin/src/registry/quarantine.ts";
import { type OrgRegistry, startOrgRegistry } from "../support/org.ts";
import { nameOf } from "../support/full-registry.ts";
import { edit, readTar, type TarFile, withDigests, writeTar } from "../support/plain-tar.ts";
import { publishBody } from "../support/publish-body.ts";
import { makeScratch, runCli, type Scratch } from "../support/cli.ts";
import { jsonOf } from "../support/json.ts";

const now = (): Date => new Date();
const progress = (): void => undefined;
const SCRIPT_LINK = {
  issuer: "x",
  publisher: "x",
  repository: "javascript:alert(1)",
  commit: null,
  ref: null,
  workflow: null,
  environment: null,
  run: null,
};
const OPERATOR = { account: null, token: null, operator: true, address: "test", local: true };

describe("namespaces for a registry that cannot reach this one", () => {
  let source: OrgRegistry;
  let mirror: OrgRegistry;
  let scratch: Scratch;
  let token: string;
  let reader: string;
  let first: string;
  const later = new Map<string, string>();

  beforeAll(async () => {
    [source, mirror, scratch] = await Promise.all([startOrgRegistry(), startOrgRegistry(), makeScratch()]);
    token = await source.account("acme");
    reader = await mirror.account("reader");
    for (const name of ["law", "tax", "gone"]) await publish(source, `@acme/${name}`);
    await publish(source, "@acme/law", "1.1.0");
    first = await makeExport("first");
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await mirror[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  async function publish(registry: OrgRegistry, name: string, version = "1.0.0"): Promise<number> {
    const body = JSON.stringify(publishBody({ name, version }));
    const own = registry === source ? token : reader;
    const answer = await registry.fetch(`/${name.replace("/", "%2f")}`, { method: "PUT", token: own, body });
    return answer.status;
  }

  async function makeExport(name: string): Promise<string> {
    const file = path.join(scratch.home, `${name}.tar`);
    await mkdir(scratch.home, { recursive: true });
    await exportNamespaces({ parts: { ...source.stores, now }, namespaces: ["acme"], file, progress });
    later.set(name, file);
    return file;
  }

  async function bringIn(file: string, named: string[] = [], into = mirror): Promise<Imported> {
    const { registry: config } = await settingsOf(into);
    const parts = { ...into.stores, config, now };
    return await importNamespaces({ parts, file, named, progress, record: async () => {} });
  }

  async function settingsOf({ dataDir }: OrgRegistry) {
    const { defaultSettings } = await import("../../plugin/src/config-file.ts");
    return defaultSettings(dataDir);
  }

  async function tagsAt(name: string): Promise<unknown> {
    const { "dist-tags": tags } = await jsonOf<{ "dist-tags": unknown }>(
      mirror.fetch(`/${name.replace("/", "%2f")}`),
    );
    return tags;
  }

  it("has no account, token or private key in it", async () => {
    const files = await readTar(first);
    expect(files.map(({ name }) => name.replace(/[0-9a-f]{128}/, "…"))).toEqual([
      "skills.jsonl",
      ...Array.from({ length: 4 }, () => "blobs/…"),
      "manifest.json",
    ]);
    expect(JSON.stringify(files.map(({ data }) => data.toString()))).not.toMatch(/PRIVATE|scrypt|email/);
  });

  it("come with keys that an operator has to believe, and with no others than those", async () => {
    await expect(bringIn(first, ["SHA256:other"])).rejects.toMatchObject({
      code: "ESIGNATURE",
      message: expect.stringContaining("a key that is not believed: SHA256:"),
    });
    expect(await mirror.stores.metadata.namespace("acme")).toBeUndefined();
    const done = await bringIn(first);
    expect(done).toMatchObject({ skills: 3, versions: 4, refused: [] });
    expect(done.accepted).toEqual([expect.stringMatching(/^SHA256:/)]);
  });

  it("can be read and installed, with the signature of their registry, and not be published to", async () => {
    expect(await tagsAt("@acme/law")).toEqual({ latest: "1.1.0" });
    const there = await source.stores.metadata.package("@acme/law");
    const here = await mirror.stores.metadata.package("@acme/law");
    const before = await source.stores.metadata.version(there?.id ?? 0, "1.0.0");
    expect(await mirror.stores.metadata.version(here?.id ?? 0, "1.0.0")).toEqual(before);
    await scratch.write("home", { ".npmrc": `registry=${mirror.url}/\nfetch-retries=0\n` });
    const args = ["add", "@acme/law", "--agent", "claude-code"];
    const added = await runCli(args, { cwd: scratch.project, home: scratch.home });
    expect(added).toMatchObject({ code: 0 });
    expect(await publish(mirror, "@acme/law", "9.0.0")).toBe(403);
    expect(await publish(mirror, "@acme/mine")).toBe(403);
  });

  it("follow a newer export: what is new, what was unpublished or withdrawn, tags; and never an older one", async () => {
    await publish(source, "@acme/law", "2.0.0");
    await publish(source, "@acme/new");
    const gone = await source.stores.metadata.package("@acme/gone");
    const { parts } = { parts: { ...source.stores, now } };
    const name = nameOf("@acme/tax");
    await quarantine(parts, OPERATOR, { name, version: "1.0.0", reason: "malware", detail: {} });
    const removed = { token, method: "DELETE" };
    expect((await source.fetch(`/@acme%2fgone/-rev/${gone?.rev}`, removed)).status).toBe(200);
    const second = await makeExport("second");
    expect(await bringIn(second)).toMatchObject({ versions: 2, refused: [] });
    expect(await tagsAt("@acme/law")).toEqual({ latest: "2.0.0" });
    expect(await tagsAt("@acme/new")).toEqual({ latest: "1.0.0" });
    expect((await mirror.fetch("/@acme%2fgone")).status).toBe(404);
    const withdrawn = await mirror.fetch("/@acme%2ftax");
    expect([withdrawn.status, await withdrawn.text()]).toEqual([451, expect.stringContaining("malware")]);
    expect(await bringIn(second)).toMatchObject({ skills: 0, versions: 0 });
    await expect(bringIn(first)).rejects.toMatchObject({
      code: "EARCHIVE",
      hint: "Nothing was changed. An older export would take back what came since.",
    });
    const sound = { parts: { ...mirror.stores, now }, fast: false, repair: false, progress };
    expect((await verify(sound)).problems).toEqual([]);
  });

  it("are refused where the namespace belongs to somebody", async () => {
    await expect(bringIn(first, [], source)).rejects.toMatchObject({ code: "EMIRROR" });
  });

  it("never change a version that is there: the skill stays, the others come", async () => {
    await using other = await startOrgRegistry();
    await bringIn(first, [], other);
    const second = later.get("second") ?? "";
    // As if the registry had given other bytes for a version that it has published.
    const copy = await other.stores.metadata.package("@acme/law");
    const known = await other.stores.metadata.version(copy?.id ?? 0, "1.1.0");
    if (copy === undefined || known === undefined) throw new Error("nothing came");
    await other.stores.metadata.transaction(async (tx) => {
      await tx.buryVersion(copy.id, "1.1.0", new Date().toISOString());
      await tx.putVersion(copy.id, { ...known, integrity: `sha512-${"A".repeat(86)}==` });
    });
    const done = await bringIn(second, [], other);
    expect(done.refused).toEqual([
      { skill: "@acme/law", reason: expect.stringContaining("@acme/law@1.1.0: it has other bytes") },
    ]);
    expect(await other.stores.metadata.version(copy.id, "2.0.0")).toBeUndefined();
    expect(await other.stores.metadata.package("@acme/new")).toBeDefined();
  });

  const CASES: [what: string, change: (files: TarFile[]) => TarFile[], message: string][] = [
    [
      "another skill",
      (files) => edit(files, "skills.jsonl", "@acme/law", "@evil/law"),
      "in none of its namespaces",
    ],
    [
      "another version",
      (files) => edit(files, "skills.jsonl", '"version":"1.0.0"', '"version":"1.0.9"'),
      "the signature of @acme/",
    ],
    [
      "a skill less",
      (files) => edit(files, "manifest.json", '"count": 3', '"count": 4'),
      "skills where its manifest says",
    ],
    [
      "a message that drives terminals",
      (files) => edit(files, "skills.jsonl", '"deprecated":null', '"deprecated":"\\u001b[2J"'),
      "cannot be shown",
    ],
    [
      "fields that no export has",
      (files) => edit(files, "skills.jsonl", '"rev":', '"evil":1,"rev":'),
      "skills.jsonl, line 1",
    ],
    [
      "another key under a known id",
      (files) => edit(files, "manifest.json", '"publicKey": "', '"publicKey": "AAAA'),
      "is not the id of the key",
    ],
    [
      "a time that is still to come",
      (files) => edit(files, "manifest.json", '"createdAt": "2', '"createdAt": "9'),
      "which is still to come",
    ],
    [
      "a link that leads nowhere on the web",
      (files) =>
        edit(files, "skills.jsonl", '"provenance":null', `"provenance":${JSON.stringify(SCRIPT_LINK)}`),
      "skills.jsonl, line 1",
    ],
    ["another list of skills", (files) => files, "skills.jsonl is not what the manifest says"],
  ];

  it.each(CASES)("are refused with %s", async (what, change, message) => {
    const file = path.join(scratch.home, `${what.replaceAll(" ", "-")}.tar`);
    const files = await readTar(first);
    const isLast = what === "another list of skills";
    await writeTar(
      file,
      isLast ? edit(files, "skills.jsonl", "public", "restricted") : withDigests(change(files)),
    );
    await expect(bringIn(file)).rejects.toMatchObject({
      code: "EARCHIVE",
      message: expect.stringContaining(message),
    });
  });
});
