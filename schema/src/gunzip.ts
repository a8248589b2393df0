import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { z } from "zod";
import { type Issue, issue } from "./issue.ts";
import { type Limits, ratioCap } from "./limits.ts";
import type { Packer } from "./packer.ts";
import { plural } from "./text.ts";

/** Bytes of the fixed header and of the trailer (CRC-32 and size) of a gzip member. */
const HEADER = 10;
const TRAILER = 8;
/** Flag of a file name after the header, and the longest that is skipped, in bytes: gzip itself writes it, tar does not. */
const HAS_NAME = 8;
const FILE_NAME_MAX = 1024;

/** What tar may add to each entry: its header, a PAX header with a long path, and padding of all three. */
const OVERHEAD_PER_ENTRY = 2_560;

/** Packed bytes up to which inflating at once is quicker than a stream; at the highest ratio, 6 MB come out in some 10 ms. */
const AT_ONCE = 32 * 1024;

/** The inflated tar, if there is one, and what is wrong with the gzip around it. */
export interface Gunzipped {
  tar?: Uint8Array;
  issues: Issue[];
}

/**
 * Inflates exactly one gzip member. The header is taken apart here and only the deflate stream goes to zlib,
 * because zlib itself would go on to a second member and drop other bytes after the end.
 * Memory stays below the cap however much the stream would inflate to.
 */
export async function gunzip(bytes: Uint8Array, limits: Limits, packer: Packer): Promise<Gunzipped> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = headerLength(bytes, packer);
  if (header === undefined) {
    return refuse("archive.gzip", "the tarball is not gzip, or has optional gzip header fields");
  }
  const caps = inflateCaps(bytes.length, limits);
  const cap = Math.min(caps.unpacked, caps.ratio);
  const claimed = view.getUint32(bytes.length - 4, true);
  const deflated = bytes.subarray(header);
  const inflated =
    bytes.length <= AT_ONCE
      ? inflateAtOnce(deflated, cap)
      : await inflate(deflated, { room: Math.min(claimed, cap), cap });
  if (inflated === undefined) return refuse("archive.gzip", "the gzip data is damaged or cut off");
  if (inflated.size > cap) return tooLarge(caps);
  return checkTrailer(view, header + inflated.consumed, inflated);
}

/** Undefined for what is not gzip, or has more in its header than is read. */
function headerLength(bytes: Uint8Array, packer: Packer): number | undefined {
  const [id1, id2, method, flags] = bytes;
  if (bytes.length < HEADER + TRAILER || id1 !== 0x1f || id2 !== 0x8b || method !== 8) return undefined;
  if (flags === 0) return HEADER;
  if (packer !== "any" || flags !== HAS_NAME) return undefined;
  const end = bytes.subarray(HEADER, HEADER + FILE_NAME_MAX).indexOf(0);
  return end === -1 ? undefined : HEADER + end + 1;
}

interface Inflated {
  /** As much of the output as the room held. */
  output: Uint8Array;
  /** Bytes that came out; stops growing soon after the cap. */
  size: number;
  /** Bytes of input that the deflate stream took. */
  consumed: number;
}

function inflateAtOnce(deflated: Uint8Array, cap: number): Inflated | undefined {
  try {
    const result: unknown = inflateRawSync(deflated, { maxOutputLength: cap + 1, info: true });
    const { buffer, engine } = withInfo.parse(result);
    return { output: buffer, size: buffer.length, consumed: engine.bytesWritten };
  } catch (error) {
    const isTooLarge =
      error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    return isTooLarge ? { output: new Uint8Array(), size: cap + 1, consumed: 0 } : undefined;
  }
}

/** What `info: true` makes of zlib's answer; its types do not say so. */
const withInfo = z.object({
  buffer: z.instanceof(Uint8Array),
  engine: z.object({ bytesWritten: z.number() }),
});

/** Keeps `room` bytes and counts up to `cap`: a lying size field costs time, never memory. */
async function inflate(
  deflated: Uint8Array,
  bounds: { room: number; cap: number },
): Promise<Inflated | undefined> {
  const output = new Uint8Array(bounds.room);
  let size = 0;
  const stream = createInflateRaw({ chunkSize: 64 * 1024 });
  stream.end(deflated);
  try {
    for await (const chunk of stream) {
      const bytes: Uint8Array = chunk;
      output.set(bytes.subarray(0, Math.max(0, bounds.room - size)), Math.min(size, bounds.room));
      size += bytes.length;
      if (size > bounds.cap) break;
    }
  } catch {
    return undefined;
  }
  return { output, size, consumed: stream.bytesWritten };
}

/** `end` is where the deflate stream ends and the trailer begins. */
function checkTrailer(view: DataView, end: number, inflated: Inflated): Gunzipped {
  if (end + TRAILER > view.byteLength) return refuse("archive.gzip", "the gzip trailer is cut off");
  const following = view.byteLength - end - TRAILER;
  const issues =
    following === 0
      ? []
      : [
          issue("archive.trailing", {
            path: "",
            message: `${plural(following, "byte")} follow the gzip data`,
          }),
        ];
  if (view.getUint32(end + 4, true) !== inflated.size) {
    return refuse("archive.gzip", "the gzip size field does not match the data");
  }
  // The room was taken from the last bytes, which are not the trailer when something follows.
  if (inflated.output.length < inflated.size) return { issues };
  const tar = inflated.output.subarray(0, inflated.size);
  if (view.getUint32(end, true) !== crc32(tar)) {
    return refuse("archive.gzip", "the gzip checksum does not match the data");
  }
  return { tar, issues };
}

function inflateCaps(packed: number, limits: Limits): { unpacked: number; ratio: number } {
  return {
    unpacked: limits.unpacked + limits.entries * OVERHEAD_PER_ENTRY,
    ratio: ratioCap(packed, limits),
  };
}

function tooLarge(caps: { unpacked: number; ratio: number }): Gunzipped {
  return caps.ratio < caps.unpacked
    ? refuse("archive.limit.ratio", `the tarball unpacks to more than ${plural(caps.ratio, "byte")}`)
    : refuse("archive.limit.unpacked", `the tarball unpacks to more than ${plural(caps.unpacked, "byte")}`);
}

function refuse(
  code: "archive.gzip" | "archive.limit.ratio" | "archive.limit.unpacked",
  message: string,
): Gunzipped {
  return { issues: [issue(code, { path: "", message })] };
}
