import { isText, SkillsError, type Entry } from "@skills-registry/schema/basics";
import { defineCommand, type Outcome } from "../command.ts";
import type { Context } from "../context.ts";
import { parseSkillSpec, resolveSkill } from "../registry/fetch-skill.ts";
import { size } from "../terminal/format.ts";
import { nearest } from "../nearest.ts";
import { table } from "../terminal/render.ts";
import { usageError } from "../usage-error.ts";

export const command = defineCommand({
  description:
    "Looks inside a skill without installing it: lists its files, or prints one of them as it is. The bytes are those that skills add would install, verified in the same way. On a terminal, what it would obey is shown instead, and binary files are not printed.",
  positional: {
    name: "spec",
    required: true,
    many: false,
    description: "A skill: @acme/name, with @version, @range or @tag",
    second: { name: "path", description: "The file to print, or the folder to list" },
  },
  options: {},
  examples: [
    "skills view @acme/legal-documents",
    "skills view @acme/legal-documents SKILL.md",
    "skills view @acme/legal-documents@1.0.0 scripts --json",
  ],
  async run(context, { args: [text = "", path] }) {
    const resolved = await resolveSkill(context, await parseSkillSpec(text));
    const { entries } = await resolved.download();
    const { name, version } = resolved.manifest;
    const files = entries.filter(({ type }) => type === "file");
    const wanted = path?.replace(/^(\.?\/)+|\/+$/g, "") ?? "";
    const file = files.find((entry) => entry.path === wanted);
    if (file !== undefined) return showFile(context, file, { name, version });
    const listed = wanted === "" ? files : files.filter((entry) => entry.path.startsWith(`${wanted}/`));
    if (listed.length > 0)
      return listFiles(context, listed, { name, version, integrity: resolved.integrity });
    throw notThere(wanted, files, `${name}@${version}`);
  },
});

function listFiles(context: Context, entries: Entry[], skill: Record<string, string>): Outcome {
  const files = entries.map(describe).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const rows = files.map(({ path, size: bytes, kind, executable }) => [
    path,
    size(bytes),
    executable ? `${kind}, executable` : kind,
  ]);
  return { json: { ...skill, files }, lines: table(rows, context.streams.columns) };
}

function showFile(context: Context, file: Entry, skill: Record<string, string>): Outcome {
  const described = describe(file);
  const text = described.kind === "text";
  if (!text && !context.json && context.streams.terminal) {
    throw usageError(
      `${file.path} is binary: redirect it into a file, as in "skills view … ${file.path} > file"`,
    );
  }
  return {
    json: {
      ...skill,
      ...described,
      encoding: text ? "utf8" : "base64",
      content: Buffer.from(file.data).toString(text ? "utf8" : "base64"),
    },
    lines: [],
    bytes: file.data,
  };
}

interface ViewedFile {
  path: string;
  /** Bytes. */
  size: number;
  kind: "text" | "binary";
  executable: boolean;
}

function describe({ path, data, mode }: Entry): ViewedFile {
  const kind = isText(data) ? "text" : "binary";
  return { path, size: data.length, kind, executable: (mode & 0o111) !== 0 };
}

function notThere(path: string, files: Entry[], id: string): SkillsError {
  const close = nearest(
    path,
    files.map((file) => file.path),
  );
  return new SkillsError("ENOTFOUND", `${id} has no file ${JSON.stringify(path)}`, {
    hint: close === undefined ? `Run skills view ${id} to see its files.` : `Did you mean ${close}?`,
  });
}
