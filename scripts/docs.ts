import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { projectJsonSchema } from "../cli/src/project/project-schema.ts";
import { commandReferenceMarkdown } from "../cli/src/reference.ts";
import { commandTableMarkdown } from "../plugin/src/admin/help.ts";
import { routeReferenceMarkdown } from "../plugin/src/http/reference.ts";
import { metricTableMarkdown } from "../plugin/src/observe/metric-table.ts";
import {
  errorTableMarkdown,
  issueTableMarkdown,
  manifestMarkdown,
  skillJsonSchema,
} from "../schema/src/index.ts";

/** Writes the reference pages from the code's own tables; with `--check` only compares them, for CI. */
const DOCS = path.resolve(import.meta.dirname, "../docs");

/** Of a page that is written by hand but for some tables, each between `<!-- name -->` and `<!-- /name -->`. */
async function withTables(page: string, tables: Record<string, string>): Promise<string> {
  let text = await readFile(path.join(DOCS, page), "utf8");
  for (const [name, table] of Object.entries(tables)) {
    const between = new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=<!-- /${name} -->)`);
    text = text.replace(between, () => `\n${table}\n\n`);
  }
  return text;
}

const pages: Record<string, string> = {
  "errors.md": `${errorTableMarkdown()}\n${issueTableMarkdown()}`,
  "cli.md": commandReferenceMarkdown(),
  "http-api.md": routeReferenceMarkdown(),
  "manifest.md": manifestMarkdown(),
  "operating.md": await withTables("operating.md", {
    commands: commandTableMarkdown(),
    metrics: metricTableMarkdown(),
  }),
  // In the package, so that editors find it in node_modules.
  "../cli/skills.schema.json": `${JSON.stringify(projectJsonSchema(), null, 2)}\n`,
  "skill.schema.json": `${JSON.stringify(skillJsonSchema(), null, 2)}\n`,
};

const check = process.argv.includes("--check");
const stale: string[] = [];
for (const [name, text] of Object.entries(pages)) {
  const file = path.join(DOCS, name);
  if (!check) await writeFile(file, text);
  else if ((await readFile(file, "utf8").catch(() => "")) !== text) stale.push(name);
}
if (stale.length > 0) {
  process.stderr.write(`docs/ is older than the code: ${stale.join(", ")}. Run npm run docs.\n`);
  process.exitCode = 1;
}
