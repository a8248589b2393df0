import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { link, open, rm } from "node:fs/promises";
import path from "node:path";
import { nodeFileSystem } from "../../store/blobs/file-system.ts";
import type { Nodes } from "../../store/nodes.ts";
import { type Seal, sealWith } from "./seal.ts";

/** AES-256. */
const KEY_BYTES = 32;
/** Group write, and everything of all others: a file of another group may be how the key was handed out. */
const TOO_OPEN = 0o027;
const HEX = /^[\da-f]{64}$/i;
const BASE64 = /^[\w+/-]{43}=?$/;

/** Name of what the nodes agree on; part of databases. */
const AGREEMENT = "secret key";

/**
 * The seal with the key of this file: 32 bytes in hex or base64. A missing file is made, in a folder that is there; processes
 * that start at once agree on one key. What one node has sealed another one opens: throws for a key that is not the one of the node
 * that was first, for a file that others can read, and for what is not a key.
 */
export async function openSeal(file: string, nodes: Pick<Nodes, "agree">): Promise<Seal> {
  const key = await readOrMakeKey(file);
  // Says nothing of the key, but whether another is the same.
  const fingerprint = createHmac("sha256", key).update(AGREEMENT).digest("base64url");
  if ((await nodes.agree(AGREEMENT, fingerprint)) === fingerprint) return sealWith(key);
  throw new Error(
    `${file}: the other nodes of this registry have another key; put a copy of theirs there. ` +
      `Where it is lost, run "delete from node_agreements where name = '${AGREEMENT}'" in the database: ` +
      "people who log in by a provider then have to do it once more",
  );
}

async function readOrMakeKey(file: string): Promise<Buffer> {
  return await readKey(file).catch(async (error: unknown) => {
    if (!isMissing(error)) throw error;
    await makeKey(file);
    return await readKey(file);
  });
}

async function readKey(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const { mode } = await handle.stat();
    // Windows has no such bits and reports all of them.
    if (process.platform !== "win32" && (mode & TOO_OPEN) !== 0) {
      throw new Error(`${file}: others can read or change this key; run chmod 600 ${file}`);
    }
    return parseKey(file, (await handle.readFile("utf8")).trim());
  } finally {
    await handle.close();
  }
}

function parseKey(file: string, text: string): Buffer {
  if (HEX.test(text)) return Buffer.from(text, "hex");
  // Buffer.from reads both alphabets of base64.
  if (BASE64.test(text)) return Buffer.from(text, "base64");
  throw new Error(`${file}: is not a key of ${KEY_BYTES} bytes in hex or base64`);
}

/** Durable before it has its name: what is sealed with a key that a power cut took would be lost. */
async function makeKey(file: string): Promise<void> {
  const fresh = `${file}.${randomUUID()}`;
  try {
    const handle = await open(fresh, "wx", 0o600);
    try {
      await handle.writeFile(`${randomBytes(KEY_BYTES).toString("hex")}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(fresh, file).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
  } finally {
    await rm(fresh, { force: true });
  }
  await nodeFileSystem.syncFolder(path.dirname(file));
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
