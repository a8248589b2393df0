import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { END, paxEntry, tarEntry } from "./tar-writer.ts";

const run = promisify(execFile);

export interface TarFile {
  name: string;
  data: string | Buffer;
  /** As in its header; that of a plain file when it is left out. */
  type?: string;
}

/** The files of a tar in their order, read by the program that every system has for it. */
export async function readTar(file: string): Promise<TarFile[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-tar-"));
  try {
    const { stdout } = await run("tar", ["-xvf", file, "-C", folder]);
    const names = stdout.trim().split("\n");
    return await Promise.all(
      names.map(async (name) => ({ name, data: await readFile(path.join(folder, name)) })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function writeTar(file: string, files: TarFile[]): Promise<void> {
  const entries = files.map(({ name, data, type }) => {
    const fields = { name: name.slice(0, 99), ...(type === undefined ? {} : { type }) };
    const entry = tarEntry(fields, data);
    return name.length < 100 ? entry : Buffer.concat([paxEntry([["path", name]]), entry]);
  });
  await writeFile(file, Buffer.concat([...entries, END]));
}

/** The same with the first occurrence of a text replaced in one of the files; throws when it is not there. */
export function edit(files: TarFile[], name: string, from: string, to: string): TarFile[] {
  return files.map((file) => {
    if (file.name !== name) return file;
    const text = file.data.toString();
    if (!text.includes(from)) throw new Error(`${name} does not contain ${from}`);
    return { ...file, data: text.replace(from, to) };
  });
}

/** The manifest says of every file what it is after it was changed. */
export function withDigests(files: TarFile[]): TarFile[] {
  return files.map((file) => {
    if (file.name !== "manifest.json") return file;
    const manifest: unknown = JSON.parse(file.data.toString());
    let text = JSON.stringify(manifest);
    for (const { name, data } of files) {
      const table = /^metadata\/(.*)\.jsonl$/.exec(name)?.[1];
      if (table !== undefined)
        text = text.replace(new RegExp(`("${table}":\\{[^}]*"sha256":")[0-9a-f]*`), `$1${sha256(data)}`);
      if (name === "skills.jsonl")
        text = text.replace(/("skills":\{[^}]*"sha256":")[0-9a-f]*/, `$1${sha256(data)}`);
    }
    return { ...file, data: text };
  });
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
