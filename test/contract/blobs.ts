import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import type { BlobInfo, Blobs, ByteRange, Digest } from "../../plugin/src/store/blobs.ts";
import { digestOf } from "../../plugin/src/store/digest.ts";

export interface OpenedBlobs extends AsyncDisposable {
  blobs: Blobs;
  /** A second handle on the same blobs, as another node has it. */
  another(): Promise<Blobs>;
  /** What the store's clock counts in, where that is more than milliseconds. */
  tickMs?: number;
}

const BYTES = Buffer.from("the quick brown fox");
const DIGEST = digestOf(BYTES);

/** After everything that a test puts. */
const SOON = new Date(Date.now() + 3_600_000);

/** What every adapter of the port does. `open` starts from nothing each time. */
export function describeBlobs(name: string, open: () => Promise<OpenedBlobs>): void {
  describe(`blobs: ${name}`, () => {
    describeReading(open);
    describeListing(open);

    test("another handle reads what one has put", async () => {
      await using opened = await open();
      const another = await opened.another();
      await opened.blobs.put(DIGEST, BYTES);
      expect(await read(another, DIGEST)).toEqual(BYTES);
      await another.close();
    });

    test("many writers of the same bytes leave one blob", async () => {
      await using opened = await open();
      const another = await opened.another();
      await Promise.all(
        [opened.blobs, another, opened.blobs, another].map((blobs) => blobs.put(DIGEST, BYTES)),
      );
      expect(await list(opened.blobs)).toMatchObject([{ digest: DIGEST, size: BYTES.length }]);
      expect(await read(another, DIGEST)).toEqual(BYTES);
      await another.close();
    });

    test("many writers of different bytes keep them apart", async () => {
      await using opened = await open();
      const all = Array.from({ length: 20 }, (_, index) => Buffer.alloc(1_000 + index, index));
      await Promise.all(all.map((bytes) => opened.blobs.put(digestOf(bytes), bytes)));
      for (const bytes of all) expect(await read(opened.blobs, digestOf(bytes))).toEqual(bytes);
    });

    test("what is removed is gone and can be put again", async () => {
      await using opened = await open();
      await opened.blobs.put(DIGEST, BYTES);
      expect(await opened.blobs.removeOlder(DIGEST, SOON)).toBe(true);
      expect(await opened.blobs.open(DIGEST)).toBeUndefined();
      expect(await list(opened.blobs)).toEqual([]);
      await opened.blobs.put(DIGEST, BYTES);
      expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
    });

    test("removing what is not there is not an error", async () => {
      await using opened = await open();
      expect(await opened.blobs.removeOlder(DIGEST, SOON)).toBe(false);
    });

    test("removing spares a blob that was put in the meantime", async () => {
      await using opened = await open();
      const before = new Date(Date.now() - 60_000);
      await opened.blobs.put(DIGEST, BYTES);
      expect(await opened.blobs.removeOlder(DIGEST, before)).toBe(false);
      expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
    });

    test("sweeping unfinished writes spares blobs", async () => {
      await using opened = await open();
      await opened.blobs.put(DIGEST, BYTES);
      await opened.blobs.sweepUnfinished(new Date(Date.now() + 60_000));
      expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
    });
  });
}

function describeReading(open: () => Promise<OpenedBlobs>): void {
  test("gives back the bytes and their size", async () => {
    await using opened = await open();
    await opened.blobs.put(DIGEST, BYTES);
    const found = await opened.blobs.open(DIGEST, { start: 0, end: 0 });
    expect(found?.size).toBe(BYTES.length);
    found?.stream.destroy();
    expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
  });

  test("keeps an empty blob", async () => {
    await using opened = await open();
    const empty = Buffer.alloc(0);
    await opened.blobs.put(digestOf(empty), empty);
    expect(await read(opened.blobs, digestOf(empty))).toEqual(empty);
  });

  test("keeps ten megabytes", async () => {
    await using opened = await open();
    const large = Buffer.alloc(10 * 1024 * 1024, "large");
    await opened.blobs.put(digestOf(large), large);
    expect(digestOf(await read(opened.blobs, digestOf(large)))).toBe(digestOf(large));
  });

  test("does not know a blob that was never put", async () => {
    await using opened = await open();
    expect(await opened.blobs.open(DIGEST)).toBeUndefined();
    expect(await opened.blobs.open(DIGEST, { start: 0, end: 1 })).toBeUndefined();
  });

  test.each<[string, ByteRange]>([
    ["the first byte", { start: 0, end: 0 }],
    ["the last byte", { start: BYTES.length - 1, end: BYTES.length - 1 }],
    ["the middle", { start: 4, end: 8 }],
    ["everything", { start: 0, end: BYTES.length - 1 }],
  ])("reads a range: %s", async (_, range) => {
    await using opened = await open();
    await opened.blobs.put(DIGEST, BYTES);
    expect(await read(opened.blobs, DIGEST, range)).toEqual(BYTES.subarray(range.start, range.end + 1));
  });

  test("a stream that is left half read hurts nothing", async () => {
    await using opened = await open();
    await opened.blobs.put(DIGEST, BYTES);
    const left = await opened.blobs.open(DIGEST);
    left?.stream.destroy();
    expect(await read(opened.blobs, DIGEST)).toEqual(BYTES);
  });
}

function describeListing(open: () => Promise<OpenedBlobs>): void {
  test("lists nothing at first", async () => {
    await using opened = await open();
    expect(await list(opened.blobs)).toEqual([]);
  });

  test("lists every blob with its size and the time of its put", async () => {
    await using opened = await open();
    const all = Array.from({ length: 12 }, (_, index) => Buffer.alloc(index, index));
    const from = Date.now();
    for (const bytes of all) await opened.blobs.put(digestOf(bytes), bytes);
    const listed = await list(opened.blobs);
    expect(new Map(listed.map(({ digest, size }) => [digest, size]))).toEqual(
      new Map(all.map((bytes) => [digestOf(bytes), bytes.length])),
    );
    // A store's clock may be coarser than ours, but not by seconds.
    for (const { putAt } of listed) expect(Math.abs(putAt.getTime() - from)).toBeLessThan(60_000);
  });

  test("putting bytes that are there renews the time of their put", async () => {
    await using opened = await open();
    await opened.blobs.put(DIGEST, BYTES);
    const [first] = await list(opened.blobs);
    await new Promise((resolve) => setTimeout(resolve, (opened.tickMs ?? 0) + 30));
    await opened.blobs.put(DIGEST, BYTES);
    const [second] = await list(opened.blobs);
    expect(second?.putAt.getTime()).toBeGreaterThan(first?.putAt.getTime() ?? Infinity);
  });
}

/** All bytes of a blob, or of a range of it; fails when there is none. */
export async function read(blobs: Blobs, digest: Digest, range?: ByteRange): Promise<Buffer> {
  const found = await blobs.open(digest, range);
  if (found === undefined) throw new Error(`no blob ${digest}`);
  return buffer(found.stream);
}

/** The whole list at once. */
export async function list(blobs: Blobs): Promise<BlobInfo[]> {
  return Array.fromAsync(blobs.list());
}
