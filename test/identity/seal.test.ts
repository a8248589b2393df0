import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localNodes } from "../../plugin/src/store/nodes/local.ts";
import { openSeal } from "../../plugin/src/registry/identity/open-seal.ts";
import { sealWith } from "../../plugin/src/registry/identity/seal.ts";
import { run } from "../support/process.ts";

const SECRET = "gho_a-grant-of-somebody";
const OPEN_SEAL = path.resolve(import.meta.dirname, "../../plugin/src/registry/identity/open-seal.ts");

let folder: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "skills-seal-"));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

function fresh(): string {
  count += 1;
  return path.join(folder, `secret-${count}.key`);
}

async function keyFile(content: string, mode = 0o600): Promise<string> {
  const file = fresh();
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
}

describe("a seal", () => {
  it("opens what it sealed, and seals the same text differently each time", () => {
    const seal = sealWith(randomBytes(32));
    const [first, second] = [seal.seal(SECRET), seal.seal(SECRET)];
    expect([seal.open(first), seal.open(second)]).toEqual([SECRET, SECRET]);
    expect(first).not.toBe(second);
    expect(Buffer.from(first, "base64url").toString("latin1")).not.toContain(SECRET);
  });

  it("does not open what was sealed with another key, changed in any byte, or cut", () => {
    const seal = sealWith(randomBytes(32));
    const sealed = seal.seal(SECRET);
    expect(sealWith(randomBytes(32)).open(sealed)).toBeUndefined();
    const bytes = Buffer.from(sealed, "base64url");
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(seal.open(changed.toString("base64url"))).toBeUndefined();
    }
    expect(seal.open(sealed.slice(0, 20))).toBeUndefined();
    expect(seal.open("")).toBeUndefined();
  });
});

describe("the key file", () => {
  it("is made for its owner alone, and used from then on", async () => {
    const file = fresh();
    const sealed = (await openSeal(file, localNodes())).seal(SECRET);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, "utf8")).toMatch(/^[\da-f]{64}\n$/);
    expect((await openSeal(file, localNodes())).open(sealed)).toBe(SECRET);
  });

  it.each(["hex", "base64", "base64url"] as const)("may hold the key in %s", async (encoding) => {
    const key = randomBytes(32);
    const seal = await openSeal(await keyFile(`${key.toString(encoding)}\n`), localNodes());
    expect(seal.open(sealWith(key).seal(SECRET))).toBe(SECRET);
  });

  it.each([
    ["too short", randomBytes(31).toString("hex")],
    ["too long", randomBytes(33).toString("base64")],
    ["empty", ""],
    ["a sentence", "this is a very secret sentence of more than thirty-two bytes"],
  ])("that is %s is refused and stays as it is, and the message does not show it", async (_what, content) => {
    const file = await keyFile(content);
    await expect(openSeal(file, localNodes())).rejects.toThrow(
      `${file}: is not a key of 32 bytes in hex or base64`,
    );
    expect(await readFile(file, "utf8")).toBe(content);
  });

  it.each([0o604, 0o644, 0o666, 0o620])(
    "with mode %o is refused: others can read or change it",
    async (mode) => {
      const file = await keyFile(randomBytes(32).toString("hex"), mode);
      await expect(openSeal(file, localNodes())).rejects.toThrow(`run chmod 600 ${file}`);
    },
  );

  it("may be readable by its group, as a mounted secret is", async () => {
    const key = randomBytes(32);
    const seal = await openSeal(await keyFile(key.toString("hex"), 0o440), localNodes());
    expect(seal.open(sealWith(key).seal(SECRET))).toBe(SECRET);
  });

  it("in a folder that is not there is an error, not a new key elsewhere", async () => {
    await expect(openSeal(path.join(folder, "missing", "secret.key"), localNodes())).rejects.toThrow(
      "ENOENT",
    );
  });

  it("is one key for all processes that start at once", async () => {
    const file = fresh();
    const script = `const { openSeal } = await import(${JSON.stringify(OPEN_SEAL)});
      console.log((await openSeal(${JSON.stringify(file)}, { agree: async (_, value) => value })).seal(${JSON.stringify(SECRET)}));`;
    const args = ["--conditions=source", "--input-type=module", "--eval", script];
    const starts = Array.from(
      { length: 4 },
      async () => await run(process.execPath, args, { cwd: folder, env: process.env }),
    );
    const sealed = (await Promise.all(starts)).map(({ stdout, stderr }) => stdout.trim() || stderr);
    const own = await Promise.all(
      Array.from({ length: 20 }, async () => (await openSeal(file, localNodes())).seal(SECRET)),
    );
    const seal = await openSeal(file, localNodes());
    for (const text of [...sealed, ...own]) expect(seal.open(text)).toBe(SECRET);
    expect((await readdir(folder)).filter((name) => name.startsWith(`${path.basename(file)}.`))).toEqual([]);
  });
});
