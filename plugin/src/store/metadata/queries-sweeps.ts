import type { Kysely } from "kysely";
import type { Sweep } from "../metadata.ts";
import type { Database } from "./schema.ts";

/** Blobs that are being removed, or were lately. */

type Db = Kysely<Database>;

export async function sweepOf(db: Db, integrity: string): Promise<Sweep | undefined> {
  const row = await db.selectFrom("sweeps").selectAll().where("integrity", "=", integrity).executeTakeFirst();
  return row && { begunAt: row.begun_at, endedAt: row.ended_at };
}

export async function beginSweep(db: Db, integrity: string, at: string): Promise<boolean> {
  const needed = await db
    .selectFrom("versions")
    .select("id")
    .where("integrity", "=", integrity)
    .where("unpublished_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  if (needed !== undefined) return false;
  await db
    .insertInto("sweeps")
    .values({ integrity, begun_at: at, ended_at: null })
    .onConflict((conflict) => conflict.column("integrity").doUpdateSet({ begun_at: at, ended_at: null }))
    .execute();
  return true;
}

export async function endSweep(db: Db, integrity: string, at: string): Promise<void> {
  await db.updateTable("sweeps").set({ ended_at: at }).where("integrity", "=", integrity).execute();
}

export async function forgetSweep(db: Db, integrity: string): Promise<void> {
  await db.deleteFrom("sweeps").where("integrity", "=", integrity).execute();
}

export async function forgetSweepsBefore(db: Db, before: string): Promise<void> {
  await db.deleteFrom("sweeps").where("ended_at", "<", before).execute();
}
