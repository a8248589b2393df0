import { hash } from "node:crypto";
import type { DumpedRow } from "../store/metadata.ts";

const LIMIT = 1n << 256n;

/** Stands for all rows of a database; equal for the same rows in any order, for databases sort texts differently. */
export interface Fingerprint {
  add(row: DumpedRow): void;
  /** Hex. */
  readonly text: string;
  readonly rows: number;
}

/** A sum of hashes: against mistakes and changes, not against somebody who looks for rows with the same sum. */
export function fingerprint(): Fingerprint {
  let sum = 0n;
  let rows = 0;
  return {
    add({ table, row }) {
      sum = (sum + BigInt(`0x${hash("sha256", JSON.stringify([table, row]), "hex")}`)) % LIMIT;
      rows += 1;
    },
    get text() {
      return sum.toString(16).padStart(64, "0");
    },
    get rows() {
      return rows;
    },
  };
}

export async function fingerprintOf(rows: AsyncIterable<DumpedRow>): Promise<string> {
  const sum = fingerprint();
  for await (const row of rows) sum.add(row);
  return sum.text;
}
