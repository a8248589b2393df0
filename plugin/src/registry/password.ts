import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** scrypt work factors: 32 MB and some 90 ms of one core per attempt. */
const COST = 2 ** 15;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;
const MAX_MEMORY = 64 * 1024 * 1024;

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** `scrypt$<cost>$<block size>$<parallel>$<salt>$<key>`, salt and key in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(normal(password), salt, KEY_BYTES, factors(COST, BLOCK_SIZE, PARALLEL));
  return ["scrypt", COST, BLOCK_SIZE, PARALLEL, salt.toString("base64"), key.toString("base64")].join("$");
}

/** True when the password is the one that was hashed; takes as long for a wrong one. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, cost, blockSize, parallel, salt = "", key = ""] = hash.split("$");
  const expected = Buffer.from(key, "base64");
  const actual = await derive(
    normal(password),
    Buffer.from(salt, "base64"),
    KEY_BYTES,
    factors(Number(cost), Number(blockSize), Number(parallel)),
  );
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** The same password typed on another keyboard or system must stay the same. */
function normal(password: string): string {
  return password.normalize("NFKC");
}

function factors(cost: number, blockSize: number, parallel: number): object {
  return { N: cost, r: blockSize, p: parallel, maxmem: MAX_MEMORY };
}
