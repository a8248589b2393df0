import { readFile } from "node:fs/promises";
import path from "node:path";
import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { z } from "zod";
import { type Config, skillsSection, toConfig } from "./config.ts";

const role = z.strictObject({ skills: z.strictObject({}).nullable() });
const empty = z.strictObject({}).nullish();

export const PORT_MAX = 65_535;

/** Keys of the host that a skills registry may set. The rest would open a second door beside the gate. */
const configFile = z.strictObject({
  listen: z
    .string()
    .regex(/^(\[[\da-f:]+\]|[\w.-]+):\d{1,5}$/i, { error: "is not host:port", abort: true })
    .refine((text) => portOf(text) <= PORT_MAX, `has a port above ${PORT_MAX}`)
    .default("127.0.0.1:4873"),
  max_body_size: z.string().optional(),
  server: z
    .strictObject({
      trustProxy: z.union([z.boolean(), z.string(), z.number()]).default(false),
      // Seconds. Longer than proxies keep a connection, or they would send requests into one that we are closing.
      keepAliveTimeout: z.number().nonnegative().default(60),
    })
    .prefault({}),
  log: z
    .strictObject({
      type: z.literal("stdout").default("stdout"),
      format: z.enum(["pretty", "pretty-timestamped", "json"]).default("pretty"),
      level: z.enum(["fatal", "error", "warn", "info", "http", "debug", "trace"]).default("warn"),
    })
    .prefault({}),
  store: role.optional(),
  auth: role.optional(),
  middlewares: role.optional(),
  packages: empty,
  uplinks: empty,
  web: z.strictObject({ enable: z.literal(false) }).optional(),
  skills: skillsSection.prefault({}),
});

export interface Settings {
  host: string;
  port: number;
  log: { type: string; format: string; level: string };
  server: Record<string, unknown>;
  /** Path of the configuration file, or where it would be; the host wants one. */
  file: string;
  registry: Config;
}

/** The problems of a configuration file, one per line, each with its place. */
export class ConfigError extends Error {}

/** Reads and checks a configuration file; throws ConfigError naming file and line of everything that is wrong. */
export async function readConfigFile(file: string): Promise<Settings> {
  return parseConfig(await readFile(file, "utf8"), path.resolve(file));
}

/** Settings of a registry without a configuration file, with its data below `folder`. */
export function defaultSettings(folder: string): Settings {
  return parseConfig("", path.join(folder, "config.yaml"));
}

export function parseConfig(text: string, file: string): Settings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const name = path.basename(file);
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new ConfigError(`${name}:${lines.linePos(broken.pos[0]).line}: ${firstLine(broken.message)}`);
  }
  const parsed = configFile.safeParse(document.toJS() ?? {});
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => describe(issue));
    const placed = problems.map(({ keys, message }) => {
      const line = lineOf(document.contents, keys, lines);
      return `${name}${line === undefined ? "" : `:${line}`}: ${keys.join(".")}: ${message}`;
    });
    throw new ConfigError(placed.join("\n"));
  }
  return toSettings(parsed.data, file);
}

function toSettings(parsed: z.infer<typeof configFile>, file: string): Settings {
  return {
    host: parsed.listen.slice(0, parsed.listen.lastIndexOf(":")).replace(/^\[|\]$/g, ""),
    port: portOf(parsed.listen),
    log: parsed.log,
    server: parsed.server,
    file,
    registry: toConfig(parsed.skills, (data) => path.resolve(path.dirname(file), data)),
  };
}

function portOf(listen: string): number {
  return Number(listen.slice(listen.lastIndexOf(":") + 1));
}

/** An unknown key is reported at the key, not at its parent. */
function describe(issue: z.core.$ZodIssue): { keys: string[]; message: string }[] {
  const keys = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return [{ keys, message: issue.message }];
  return issue.keys.map((key) => ({ keys: [...keys, key], message: "is not a key of this configuration" }));
}

/** Line of the deepest key on the way to `keys` that exists. */
function lineOf(contents: Node | null, keys: string[], lines: LineCounter): number | undefined {
  let node: unknown = contents;
  let line: number | undefined;
  for (const key of keys) {
    if (isSeq(node)) {
      const entry: unknown = node.items[Number(key)];
      if (!isNode(entry) || !entry.range) break;
      line = lines.linePos(entry.range[0]).line;
      node = entry;
      continue;
    }
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    if (pair === undefined || !isScalar(pair.key) || !pair.key.range) break;
    line = lines.linePos(pair.key.range[0]).line;
    node = pair.value;
  }
  return line;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}
