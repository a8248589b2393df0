import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { rolldown } from "rolldown";

/**
 * Makes cli/dist, what `skills` is when it is installed: the sources with zod, semver and the schema in them, one file per part
 * that is loaded on its own. Finding and compiling some hundred small files takes a command longer than its work. npm's
 * libraries stay outside: they are dependencies, shared with whatever else is installed.
 */
const CLI = path.resolve(import.meta.dirname, "../cli");
const DIST = path.join(CLI, "dist");

const text = await readFile(path.join(CLI, "package.json"), "utf8");
const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(text);
const outside = new Set(Object.keys(dependencies));

await rm(DIST, { recursive: true, force: true });
const bundle = await rolldown({
  input: path.join(CLI, "src/main.ts"),
  platform: "node",
  resolve: { conditionNames: ["source", "import", "node"] },
  external: (id) => outside.has(packageOf(id)),
});
await bundle.write({ dir: DIST, format: "esm", chunkFileNames: "[name]-[hash].js" });

/** `@npmcli/config` of `@npmcli/config/lib/definitions/index.js`. */
function packageOf(id: string): string {
  const [first = "", second = ""] = id.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}
