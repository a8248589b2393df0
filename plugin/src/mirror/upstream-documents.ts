import { parsePackageName, printable, revisionsAnswer } from "@skills-registry/schema";
import { z } from "zod";

/** What another registry answers, as far as a mirror looks at it. All the rest is made from verified bytes. */

const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;
/** Characters; of names, addresses and messages. What is longer is no document of ours. */
const TEXT_MAX = 2_048;
const text = z.string().max(TEXT_MAX);
/** Versions, tags and withdrawals of one skill. Each costs a row, and without a bound a packument could hold a million. */
const ENTRIES_MAX = 10_000;
/** A record with no more entries than that. */
function bounded<T extends z.ZodType>(value: T, max = ENTRIES_MAX): z.ZodRecord<z.ZodString, T> {
  return z.record(text, value).refine((found) => Object.keys(found).length <= max);
}

export const keysDocument = z.object({
  keys: z.array(z.object({ keyid: text, key: text })).max(100),
});

export const revisionsDocument = revisionsAnswer;
export type Revision = z.infer<typeof revisionsDocument>["skills"][number];

/** Pages link to it. */
export const link = z
  .url({ protocol: /^https?$/ })
  .max(TEXT_MAX)
  .nullable();
const plain = text.refine((value) => printable(value) === value);

/** No signature covers it: what cannot be shown is left out. */
const provenance = z.object({
  issuer: plain,
  publisher: plain,
  repository: link,
  commit: plain.nullable(),
  ref: plain.nullable(),
  workflow: plain.nullable(),
  environment: plain.nullable(),
  run: link,
});

const version = z.object({
  name: text,
  version: text,
  dist: z.object({
    integrity: z.string().regex(INTEGRITY),
    signatures: z.array(z.object({ keyid: text, sig: text })).max(10),
  }),
  _npmUser: z.object({ name: text }),
  provenance: provenance.nullable().catch(null),
  deprecated: text.nullable().default(null),
  skillReport: z.object({ publishedAs: text.optional() }),
});

export const packumentDocument = z.object({
  name: text,
  "dist-tags": bounded(text),
  versions: bounded(version),
  // Those that were taken away, too.
  time: bounded(z.iso.datetime(), 2 * ENTRIES_MAX),
});
export type Packument = z.infer<typeof packumentDocument>;

export const withdrawnDocument = z.object({
  withdrawn: z.array(z.object({ version: text, at: z.iso.datetime(), reason: text })).max(ENTRIES_MAX),
});
export type WithdrawnDocument = z.infer<typeof withdrawnDocument>;

/** What registries answer when they refuse. */
export const refusalDocument = z.object({ code: text, detail: text });

/** The name of the skill in the path of an address, where one that moved is to be asked for: `/@acme%2fx`. Nobody goes there. */
export function nameInAddress(location: string | null): string | undefined {
  const path = location === null ? undefined : URL.parse(location, "http://localhost")?.pathname;
  const found = /\/@([a-z0-9-]+)(?:\/|%2f)([a-z0-9-]+)$/i.exec(path ?? "");
  return found === null ? undefined : parsePackageName(`@${found[1]}/${found[2]}`)?.full;
}
