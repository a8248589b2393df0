import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import type { DumpedRow } from "../store/metadata.ts";
import { DUMPED_TABLES } from "../store/metadata/dump-tables.ts";

/** Bytes that are gathered before they are written. */
const BUFFER = 256 * 1024;

/** One table in a file of JSON lines. */
export interface TableFile {
  table: string;
  file: string;
  rows: number;
  bytes: number;
  /** Hex SHA-256 of the file. */
  sha256: string;
}

/** Writes a dump into a folder, one file for each table, empty tables too. Tells `seen` of every row. */
export async function writeDump(
  rows: AsyncIterable<DumpedRow>,
  folder: string,
  seen: (row: DumpedRow) => void,
): Promise<TableFile[]> {
  const writers = new Map<string, TableWriter>();
  for (const { name } of DUMPED_TABLES) writers.set(name, await TableWriter.open(folder, name));
  try {
    for await (const dumped of rows) {
      seen(dumped);
      await writers.get(dumped.table)?.add(dumped.row);
    }
    const files: TableFile[] = [];
    for (const writer of writers.values()) files.push(await writer.finish());
    return files;
  } finally {
    for (const writer of writers.values()) await writer.close();
  }
}

class TableWriter {
  readonly #table: string;
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash("sha256");
  #pending: string[] = [];
  #pendingLength = 0;
  #rows = 0;
  #bytes = 0;

  static async open(folder: string, table: string): Promise<TableWriter> {
    const file = path.join(folder, `${table}.jsonl`);
    return new TableWriter(table, file, await open(file, "wx", 0o600));
  }

  private constructor(table: string, file: string, handle: FileHandle) {
    this.#table = table;
    this.#file = file;
    this.#handle = handle;
  }

  async add(row: DumpedRow["row"]): Promise<void> {
    const line = `${JSON.stringify(row)}\n`;
    this.#pending.push(line);
    this.#pendingLength += line.length;
    this.#rows += 1;
    if (this.#pendingLength > BUFFER) await this.#flush();
  }

  async finish(): Promise<TableFile> {
    await this.#flush();
    const sha256 = this.#hash.digest("hex");
    return { table: this.#table, file: this.#file, rows: this.#rows, bytes: this.#bytes, sha256 };
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#pending.join(""));
    this.#pending = [];
    this.#pendingLength = 0;
    this.#bytes += bytes.length;
    this.#hash.update(bytes);
    await this.#handle.writeFile(bytes);
  }
}

/** The bytes of a file that `writeDump` wrote. */
export function readTable({ file }: TableFile): AsyncIterable<Buffer> {
  return createReadStream(file);
}
