import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, type FileHandle, mkdtemp, open, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { SkillsError } from "@skills-registry/schema";
import { nodeFileSystem } from "../store/blobs/file-system.ts";
import { STANDARD } from "./standard.ts";

/** Archives hold password hashes and private keys, or restricted skills. */
const FILE_MODE = 0o600;

export interface ArchiveOutput {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when the file is there under its name and survives a power cut. */
  finish(): Promise<void>;
  /** Nothing is left of it. */
  discard(): Promise<void>;
}

/** A new archive: a file under a name of its own until it is whole, or standard output. Throws EBADREQUEST for a file that is there. */
export async function archiveOutput(file: string): Promise<ArchiveOutput> {
  if (file === STANDARD) return { write: writeStandard, finish: async () => {}, discard: async () => {} };
  await requireFree(file);
  const unfinished = `${file}.${randomUUID()}.unfinished`;
  const handle = await open(unfinished, "wx", FILE_MODE);
  return {
    write: async (bytes) => await handle.writeFile(bytes),
    async finish() {
      await handle.sync();
      await handle.close();
      await requireFree(file);
      await rename(unfinished, file);
      await nodeFileSystem.syncFolder(path.dirname(path.resolve(file)));
    },
    async discard() {
      await handle.close();
      await rm(unfinished, { force: true });
    },
  };
}

async function requireFree(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new SkillsError("EBADREQUEST", `${file} is there already`, {
    hint: "Name a file that is not there yet, or move that one away.",
  });
}

/** Waits for a slow reader of the pipe. */
async function writeStandard(bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}

/** An archive to read from any place of it, as often as needed: standard input is written to `scratch` first. */
export async function archiveInput(file: string, scratch: string): Promise<FileHandle> {
  if (file !== STANDARD) {
    return await open(file, "r").catch((cause: unknown) => {
      throw new SkillsError("EARCHIVE", `${file} cannot be read`, {
        cause,
        hint: "Check its name and mode.",
      });
    });
  }
  const copy = path.join(scratch, "archive.tar");
  await pipeline(process.stdin, createWriteStream(copy, { flags: "wx", mode: FILE_MODE }));
  return await open(copy, "r");
}

/** Runs the work with a folder that only we can look into, and that is gone afterwards. */
export async function withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-registry-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
