import { broken } from "./archive-read.ts";

/** Longest line: a version with a readme and a manifest of some MB, which escapes make several times as long. */
const LINE_MAX = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The documents of a text with one on each line. Throws EARCHIVE for what is none; `name` says where. */
export async function* parseLines(name: string, chunks: AsyncIterable<Buffer>): AsyncIterable<unknown> {
  let rest: Buffer[] = [];
  let size = 0;
  let count = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      count += 1;
      yield parseLine(Buffer.concat([...rest, chunk.subarray(from, end)]), `${name}, line ${count}`);
      rest = [];
      size = 0;
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > LINE_MAX) throw broken(`${name}, line ${count + 1} has no end`);
  }
  if (size > 0) throw broken(`${name} ends within a line`);
}

function parseLine(line: Buffer, where: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
  } catch {
    throw broken(`${where} is not JSON`);
  }
}
