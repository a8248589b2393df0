import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backup } from "../../plugin/src/moving/backup.ts";
import { restore } from "../../plugin/src/moving/restore.ts";
import { openStores } from "../../plugin/src/open-stores.ts";
import { makeFullRegistry, type RegistryFolders, registryFolders } from "../support/full-registry.ts";
import { edit, readTar, type TarFile, withDigests, writeTar } from "../support/plain-tar.ts";

describe("an archive that is not as it was written", () => {
  let folders: RegistryFolders;
  let archive: string;

  beforeAll(async () => {
    folders = await registryFolders();
    const source = folders.settings("source").registry;
    await makeFullRegistry(source);
    archive = path.join(folders.dir, "backup.tar");
    const stores = await openStores(source);
    await backup({ ...stores, now: () => new Date() }, { file: archive, progress: () => undefined });
    await stores.nodes.close();
    await stores.metadata.close();
    await stores.blobs.close();
  });
  afterAll(async () => await folders[Symbol.asyncDispose]());

  /** What is done to it, and what is said then. */
  const CASES: [what: string, change: (files: TarFile[]) => TarFile[], message: string][] = [
    ["without its manifest", (files) => files.slice(0, -1), "it has no manifest"],
    [
      "with another row",
      (files) => edit(files, "metadata/accounts.jsonl", "acme", "evil"),
      "is not what the manifest says",
    ],
    ["with other bytes of a tarball", (files) => editBlob(files), "has other bytes"],
    [
      "without a tarball",
      (files) => files.toSpliced(blobIndex(files), 1),
      "tarballs where its manifest says",
    ],
    [
      "without a table",
      (files) => files.filter(({ name }) => name !== "metadata/trusts.jsonl"),
      "metadata/trusts.jsonl is missing",
    ],
    [
      "with a table of its own",
      (files) => [{ name: "metadata/evil.jsonl", data: "" }, ...files],
      "which no backup has",
    ],
    [
      "with a file beside it",
      (files) => [{ name: "../../etc/passwd", data: "x" }, ...files],
      "should not be there",
    ],
    ["with a file twice", (files) => [...files.slice(0, 1), ...files], "should not be there"],
    [
      "with something behind the manifest",
      (files) => [...files, { name: "metadata/late.jsonl", data: "" }],
      "behind its manifest",
    ],
    [
      "of a newer release",
      (files) => edit(files, "manifest.json", '"version": 1', '"version": 2'),
      "newer release (format 2",
    ],
    [
      "of another kind",
      (files) => edit(files, "manifest.json", "registry backup", "registry export"),
      "its manifest is none of this kind",
    ],
    [
      "with a manifest that is no JSON",
      (files) => edit(files, "manifest.json", "{", "["),
      "its manifest is not JSON",
    ],
    [
      "with a link",
      (files) => [{ name: "blobs/x", data: "", type: "2" }, ...files],
      "neither a file nor its name",
    ],
    [
      "with a folder",
      (files) => [{ name: "blobs/", data: "", type: "5" }, ...files],
      "neither a file nor its name",
    ],
  ];

  it.each(CASES)("is refused %s", async (what, change, message) => {
    const file = path.join(folders.dir, `${what.replaceAll(" ", "-")}.tar`);
    await writeTar(file, change(await readTar(archive)));
    expect(await refusal(file)).toMatchObject(refused(message));
  });

  it.each([
    ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 5_000), "it was cut off"],
    ["cut off before its end", (bytes: Buffer) => bytes.subarray(0, bytes.length - 1_024), "cut off"],
    ["longer", (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(512, "x")]), "put behind it"],
    ["empty", () => Buffer.alloc(0), "cut off"],
    ["something else", () => Buffer.alloc(4_096, "junk"), "there is no header of a file"],
  ])("is refused when it is %s", async (what, change, message) => {
    const file = path.join(folders.dir, `${what.replaceAll(" ", "-")}.tar`);
    await writeFile(file, change(await readFile(archive)));
    expect(await refusal(file)).toMatchObject(refused(message));
  });

  /** Digests of the manifest that fit what was changed. */
  it.each([
    [
      "columns that no table has",
      "metadata/stars.jsonl",
      '{"package_id"',
      '{"evil":1,"package_id"',
      "is no row of that table",
    ],
    [
      "values of another type",
      "metadata/stars.jsonl",
      '"package_id":1',
      '"package_id":"1"',
      "is no row of that table",
    ],
    [
      "rows that refer to nothing",
      "metadata/stars.jsonl",
      '"package_id":1',
      '"package_id":99',
      "do not fit together",
    ],
    [
      "an audit entry that was changed",
      "metadata/audit.jsonl",
      '"action":"publish"',
      '"action":"nothing"',
      "its audit log is broken",
    ],
    ["another size of a tarball", "metadata/versions.jsonl", '"size":', '"size":9', "has another size"],
    [
      "an integrity that is none",
      "metadata/versions.jsonl",
      '"integrity":"sha512-',
      '"integrity":"sha1-',
      "do not fit together",
    ],
    ["lines that are no JSON", "metadata/stars.jsonl", '{"package_id"', "{package_id", "is not JSON"],
    ["rows of another registry", "metadata/registry.jsonl", '{"id":"', '{"id":"x', "are of another registry"],
  ])("is refused with %s, although its digests fit", async (what, name, from, to, message) => {
    const file = path.join(folders.dir, `${what.replaceAll(" ", "-")}.tar`);
    const files = edit(await readTar(archive), name, from, to);
    await writeTar(file, withDigests(files));
    expect(await refusal(file)).toMatchObject(refused(message));
  });

  /** What the restore says, and what it left in the place of the registry. */
  async function refusal(file: string): Promise<unknown> {
    const to = folders.settings("refused").registry;
    const error: unknown = await restore({
      file,
      to,
      now: () => new Date(),
      progress: () => undefined,
    }).catch((refused: unknown) => refused);
    return { error, left: await readdir(to.data).catch(() => []) };
  }

  function refused(message: string): object {
    return { error: { code: "EARCHIVE", message: expect.stringContaining(message) }, left: [] };
  }
});

function blobIndex(files: TarFile[]): number {
  return files.findIndex(({ name }) => name.startsWith("blobs/"));
}

function editBlob(files: TarFile[]): TarFile[] {
  const at = blobIndex(files);
  return files.map((file, index) =>
    index === at ? { ...file, data: `x${file.data.toString("latin1").slice(1)}` } : file,
  );
}
