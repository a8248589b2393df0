import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { SkillsError } from "@skills-registry/schema";
import { turns } from "./turns.ts";

/** scrypt work factors: 32 MB and some 90 ms of one core per attempt. */
const COST = 2 ** 15;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;
const MAX_MEMORY = 64 * 1024 * 1024;

/** Of the four threads that read files, too; the event loop is no part of it. */
const AT_ONCE = 2;
/** Some six seconds of work: who comes later is better told to come again. */
const WAITING_MAX = 128;
const RETRY_SECONDS = 10;

/** Stands for an account without a password. No password has this key. */
const NO_HASH = `scrypt$${COST}$${BLOCK_SIZE}$${PARALLEL}$${"A".repeat(22)}==$${"A".repeat(43)}=`;

/** Hashing and checking of passwords, few at a time: each takes 32 MB and a thread that reading files needs, too. */
export interface Passwords {
  /** `scrypt$<cost>$<block size>$<parallel>$<salt>$<key>`, salt and key in base64. Throws ETOOMANY. */
  hash(password: string): Promise<string>;
  /** `hash` null stands for an account without a password, and takes as long; so does a wrong password. Throws ETOOMANY. */
  verify(password: string, hash: string | null): Promise<boolean>;
}

export function passwords(): Passwords {
  const inTurn = turns(AT_ONCE);
  let waiting = 0;
  async function queue<T>(work: () => Promise<T>): Promise<T> {
    if (waiting >= WAITING_MAX + AT_ONCE) {
      throw new SkillsError("ETOOMANY", `too many logins at once, try again in ${RETRY_SECONDS} s`, {
        retryAfter: RETRY_SECONDS,
      });
    }
    waiting += 1;
    try {
      return await inTurn(work);
    } finally {
      waiting -= 1;
    }
  }
  return {
    hash: async (password) => await queue(() => hashPassword(password)),
    verify: async (password, hash) => await queue(() => verifyPassword(password, hash ?? NO_HASH)),
  };
}

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(normal(password), salt, KEY_BYTES, factors(COST, BLOCK_SIZE, PARALLEL));
  return ["scrypt", COST, BLOCK_SIZE, PARALLEL, salt.toString("base64"), key.toString("base64")].join("$");
}

async function verifyPassword(password: string, hash: string): Promise<boolean> {
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
