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
    limits: { ...DEFAULT_LIMITS, ...section.limits },
  };
}
