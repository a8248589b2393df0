import { DEFAULT_LIMITS, type Limits } from "@skills-registry/schema";
import { z } from "zod";

const bytes = z.number().int().positive();

/**
 * The `skills:` section of the configuration, with every default. The descriptions are the documentation of config.yaml.
 * The host hands plugins its whole configuration, secrets included; nothing outside this section is looked at.
 */
export const skillsSection = z.strictObject({
  data: z
    .string()
    .min(1)
    .default("./data")
    .describe("Folder of the database and the tarballs, relative to this file."),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .describe("Address of the registry as its users see it; null takes it from each request."),
  registration: z
    .enum(["loopback", "open", "closed"])
    .default("loopback")
    .describe("Who may register an account: callers on this machine, everybody, nobody."),
  operators: z.array(z.string().min(1)).default([]).describe("Accounts that see the operator's page."),
  origins: z
    .array(z.union([z.literal("*"), z.url({ protocol: /^https?$/ })]))
    .default([])
    .describe(
      'Origins whose pages may read the REST API, for example https://intranet.example.com; "*" for all.',
    ),
  requestsPerMinute: bytes
    .default(1200)
    .describe("Requests of one client to search, REST API and pages; more are answered with 429."),
  limits: z
    .strictObject({
      tarball: bytes.default(DEFAULT_LIMITS.tarball).describe("Bytes of a packed skill."),
      unpacked: bytes.default(DEFAULT_LIMITS.unpacked).describe("Bytes of all its files."),
      entries: bytes.default(DEFAULT_LIMITS.entries).describe("Number of its files and folders."),
      file: bytes.default(DEFAULT_LIMITS.file).describe("Bytes of one file."),
      skillFile: bytes.default(DEFAULT_LIMITS.skillFile).describe("Bytes of a SKILL.md."),
      ratio: bytes.default(DEFAULT_LIMITS.ratio).describe("Unpacked size over packed size."),
    })
    .prefault({})
    .describe("What a skill may be at most."),
});

export interface Config {
  /** Absolute path. */
  data: string;
  /** Without a trailing slash. */
  publicUrl: string | null;
  registration: "loopback" | "open" | "closed";
  /** Names of accounts. */
  operators: string[];
  /** Without trailing slashes; may hold `*`. */
  origins: string[];
  requestsPerMinute: number;
  limits: Limits;
}

/** The section completed with what is not configurable. `resolvePath` makes the data folder absolute. */
export function toConfig(
  section: z.infer<typeof skillsSection>,
  resolvePath: (path: string) => string,
): Config {
  return {
    data: resolvePath(section.data),
    publicUrl: section.publicUrl === null ? null : section.publicUrl.replace(/\/+$/, ""),
    registration: section.registration,
    operators: section.operators,
    origins: section.origins.map((origin) => (origin === "*" ? origin : new URL(origin).origin)),
    requestsPerMinute: section.requestsPerMinute,
    limits: { ...DEFAULT_LIMITS, ...section.limits },
  };
}
