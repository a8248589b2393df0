import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, inspectTarball, readTarball } from "../schema/src/index.ts";
import { buildSkill, type Files, packageTarball } from "./support/skill.ts";

/** What we accept has to be the same tree for everybody: a difference between two readers is where an attack hides. */

const run = promisify(execFile);

/** Short, long and non-ASCII paths: what fits the header, what needs its prefix, what needs PAX. */
const FILES: Files = buildSkill({
  files: {
    "scripts/run.sh": "#!/bin/sh\n",
    "references/empty.md": "",
    "references/lettre-é.md": "é\n",
    [`references/${"日本".repeat(20)}.md`]: "x",
    [`references/${"a".repeat(50)}/${"b".repeat(60)}.md`]: "x",
    [`references/${"c".repeat(120)}.md`]: "x",
    "assets/data.bin": Buffer.alloc(2_000, 7),
  },
}).files;

interface Extractor {
  name: string;
  command: string;
  arguments(archive: string, target: string): string[];
  cwd?: string;
}

/** Where node resolves the tar that pacote extracts with. */
const PACOTE = path.dirname(createRequire(import.meta.url).resolve("pacote/package.json"));

const EXTRACTORS: Extractor[] = [
  {
    name: "GNU tar",
    command: "tar",
    arguments: (archive, target) => ["-xzf", archive, "-C", target, "--strip-components=1"],
  },
  {
    name: "node-tar",
    command: process.execPath,
    arguments: (archive, target) => [
      "-e",
      "require('tar').x({ file: process.argv[1], cwd: process.argv[2], strip: 1, strict: true })",
      archive,
      target,
    ],
    cwd: PACOTE,
  },
  {
    name: "Python",
    command: "python3",
    arguments: (archive, target) => [
      "-c",
      "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2], **({'filter': 'data'} if hasattr(tarfile, 'data_filter') else {}))",
      archive,
      target,
    ],
  },
];

const PACKERS: { name: string; pack(folder: string, out: string): Promise<Buffer> }[] = [
  { name: "our own writer", pack: () => Promise.resolve(packageTarball(FILES)) },
  { name: "npm pack", pack: npmPack },
  { name: "portable node-tar with folders", pack: nodeTarPack },
];

let workspace: string;

beforeAll(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), "archive-parity-"));
});

afterAll(async () => {
  await rm(workspace, { recursive: true, force: true });
});

describe.each(PACKERS)("an archive of $name", ({ pack }) => {
  let tarball: Buffer;

  beforeAll(async () => {
    const folder = await mkdtemp(path.join(workspace, "source-"));
    writeTree(folder, FILES);
    tarball = await pack(folder, await mkdtemp(path.join(workspace, "out-")));
  });

  it("is accepted, with the tree that was packed", async () => {
    const { issues } = await inspectTarball(tarball);
    expect(issues).toEqual([]);
    expect(await ourTree(tarball)).toEqual(treeOf(FILES));
  });

  it.for(EXTRACTORS)("is the same tree for $name", async (extractor, { skip }) => {
    skip(isMissing(extractor), `${extractor.name} is not on this machine`);
    const target = await mkdtemp(path.join(workspace, "target-"));
    const archive = path.join(target, "..", `${path.basename(target)}.tgz`);
    await writeFile(archive, tarball);
    const { cwd = workspace } = extractor;
    await run(extractor.command, extractor.arguments(archive, target), { cwd });
    expect(await treeOnDisk(extractor.name === "Python" ? path.join(target, "package") : target)).toEqual(
      await ourTree(tarball),
    );
  });
});

/** Path → content, in base64. */
type Tree = Record<string, string>;

function treeOf(files: Files): Tree {
  return Object.fromEntries(
    Object.entries(files).map(([name, data]) => [name, Buffer.from(data).toString("base64")]),
  );
}

async function ourTree(tarball: Buffer): Promise<Tree> {
  const { entries } = await readTarball(tarball, DEFAULT_LIMITS);
  const files = entries.filter(({ type }) => type === "file");
  return treeOf(Object.fromEntries(files.map(({ path: name, data }) => [name, data])));
}

async function treeOnDisk(folder: string): Promise<Tree> {
  const tree: Tree = {};
  for (const name of await readdir(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if ((await stat(file)).isFile())
      tree[name.split(path.sep).join("/")] = (await readFile(file)).toString("base64");
  }
  return tree;
}

function writeTree(folder: string, files: Files): void {
  for (const [name, data] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, data);
    chmodSync(file, name.startsWith("scripts/") ? 0o755 : 0o644);
  }
}

/** The npm that runs these tests, else the one on the PATH. */
async function npmPack(folder: string, out: string): Promise<Buffer> {
  const npm = process.env["npm_execpath"];
  const [command, first] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
  const options = ["pack", "--ignore-scripts", "--silent", "--cache", out, "--pack-destination", out];
  await run(command, [...first, ...options], { cwd: folder });
  return await readFile(path.join(out, "acme-sample-1.0.0.tgz"));
}

async function nodeTarPack(folder: string, out: string): Promise<Buffer> {
  const file = path.join(out, "x.tgz");
  const script =
    "require('tar').c({ file: process.argv[1], cwd: process.argv[2], gzip: true, portable: true, prefix: 'package/' }, process.argv.slice(3))";
  await run(process.execPath, ["-e", script, file, folder, ...(await readdir(folder))], { cwd: PACOTE });
  return await readFile(file);
}

/** The tar of other systems than Linux is not GNU's. */
function isMissing({ name, command }: Extractor): boolean {
  try {
    const version = execFileSync(command, ["--version"], { encoding: "utf8" });
    return name === "GNU tar" && !version.includes("GNU");
  } catch {
    return true;
  }
}
