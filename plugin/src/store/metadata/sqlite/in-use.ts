import { DatabaseSync } from "node:sqlite";
import { isBusy } from "./busy.ts";

/** Whether anybody has the database open, be it to read only: every connection in WAL mode holds a shared lock for as long as it is there. */
export function isSqliteInUse(file: string): boolean {
  const connection = new DatabaseSync(file, { timeout: 0 });
  try {
    connection.exec("pragma locking_mode = exclusive; begin immediate; rollback");
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    connection.close();
  }
}
