import { doEach, partialFailure } from "../batch.ts";
import { defineCommand, type Outcome } from "../command.ts";
import type { Context } from "../context.ts";
import { cachedThings, removeCached, verifyCached, type CachedThing } from "../registry/cache-entries.ts";
import { fillCache } from "../registry/fill-cache.ts";
import { counted, size } from "../terminal/format.ts";
import { table } from "../terminal/render.ts";
import { usageError } from "../usage-error.ts";

const ACTIONS = ["ls", "list", "add", "verify", "clean"] as const;

export const command = defineCommand({
  description:
    "Shows and tends what skills keeps for --offline: tarballs, the versions of skills, and the keys of registries. They lie in npm's own cache, and npm's cache folder is where they are; but only what skills put there itself is listed, verified or removed. ls lists it; add fetches skills with all that they build on, for an install without the network; verify reads everything again and removes what went bad, which mends itself anyway; clean removes all of it, with --force.",
  positional: {
    name: "action",
    required: true,
    many: true,
    choices: ACTIONS,
    description:
      "ls, list, verify, clean, or add with skills behind it: @acme/name, with @version, @range or @tag",
  },
  options: {
    force: { type: "boolean", short: "f", description: "With clean: really remove it all" },
  },
  examples: ["skills cache ls", "skills cache add @acme/legal-documents@^1", "skills cache clean --force"],
  async run(context, { args: [action = "", ...specs], options }) {
    if (action === "add") return add(context, specs);
    if (specs.length > 0) throw usageError(`cache ${action} takes nothing behind it`);
    const { cacheFolder } = await context.npmOptions();
    if (action === "verify") return verify(cacheFolder);
    return action === "clean" ? clean(cacheFolder, options.force === true) : list(context, cacheFolder);
  },
});

async function add(context: Context, specs: string[]): Promise<Outcome> {
  if (specs.length === 0) throw usageError("name the skills to put into the cache");
  const batch = await doEach(context, specs, (spec) => fillCache(context, spec));
  const cached = [...new Set(batch.done.flat())];
  const lines = cached.map((id) => `cached ${id}`);
  return { json: { cached, failed: batch.failed }, lines, ...partialFailure(batch) };
}

async function list({ streams }: Context, folder: string): Promise<Outcome> {
  const things = await cachedThings(folder);
  const rows = things.map(({ name, kind, size: bytes, kept }) => [
    name,
    kind,
    size(bytes),
    kept.slice(0, 10),
  ]);
  const lines = rows.length === 0 ? [`nothing of skills in ${folder}`] : table(rows, streams.columns);
  return { json: { folder, things }, lines };
}

async function verify(folder: string): Promise<Outcome> {
  const { good, removed } = await verifyCached(folder);
  const lines = removed.map(({ name, kind }) => `removed the ${kind} of ${name}, which went bad`);
  return {
    json: { folder, good: good.length, removed },
    lines: [...lines, `${counted(good.length, "item")} verified in ${folder}, ${total(good)}`],
  };
}

async function clean(folder: string, force: boolean): Promise<Outcome> {
  if (!force) {
    throw usageError(
      "a cache mends itself: to make sure, use skills cache verify; to remove it all, add --force",
    );
  }
  const removed = await removeCached(folder);
  const line = `removed ${counted(removed.length, "item")} from ${folder}, ${total(removed)}`;
  return { json: { folder, removed }, lines: [line] };
}

function total(things: CachedThing[]): string {
  return size(things.reduce((sum, thing) => sum + thing.size, 0));
}
