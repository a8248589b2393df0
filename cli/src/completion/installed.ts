import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * The packages and skills of skills.lock, for a shell that completes a word. It is asked at a press of Tab, so nothing but
 * Node is loaded. A lockfile may come with a repository of strangers: what is not a plain name is left out, for shells
 * read these words.
 */
export async function installedNames(
  from: { cwd: string; home: string },
  global: boolean,
): Promise<string[]> {
  const text = global ? await readText(join(from.home, ".agents")) : await readUpwards(from.cwd, from.home);
  return text === undefined ? [] : namesIn(text);
}

const NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;

function namesIn(text: string): string[] {
  try {
    const { packages } = Object(JSON.parse(text));
    const names = Object.entries<unknown>(Object(packages)).flatMap(([name, entry]) => [
      name,
      ...Object.keys(Object(Object(entry)["skills"])),
    ]);
    return [...new Set(names)].filter((name) => NAME.test(name)).toSorted();
  } catch {
    return [];
  }
}

/** Of the nearest folder that has one. */
async function readUpwards(cwd: string, home: string): Promise<string | undefined> {
  for (let folder = cwd; folder !== home; folder = dirname(folder)) {
    const text = await readText(folder);
    if (text !== undefined || folder === dirname(folder)) return text;
  }
  return readText(join(home, ".agents"));
}

/** A link may lead to a device, whose bytes never end. */
async function readText(folder: string): Promise<string | undefined> {
  const file = join(folder, "skills.lock");
  try {
    return (await stat(file)).isFile() ? await readFile(file, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
