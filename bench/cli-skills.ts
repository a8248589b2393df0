import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { publishDocument } from "../test/support/publish-body.ts";
import { packageTarball } from "../test/support/skill.ts";
import { seeded, syntheticCorpus, type Random } from "./search-corpus.ts";
import type { BenchServer } from "./servers.ts";

/** Skills made of chance, the same ones every time, as large as those that people publish (docs/corpus.md). */
export interface BenchSkill {
  /** Its folder. */
  name: string;
  /** `/`-separated path → text. */
  files: Record<string, string>;
}

/** Share of the skills that has this many files: median 1, nine of ten at most 7, a few 20. */
const FILE_COUNTS = { 1: 27, 2: 6, 3: 5, 5: 4, 7: 3, 11: 2, 20: 3 };
/** Bytes of a skill: log-normal around 11 kB, nine of ten below 45 kB. */
const SIZE = { median: 10_741, sigma: 1.1, max: 200_000 };
const SCOPE = "@acme";
const VERSION = "1.0.0";

export function packageOf({ name }: BenchSkill): string {
  return `${SCOPE}/${name}`;
}

export function benchSkills(): BenchSkill[] {
  const random = seeded(50);
  const { vocabulary } = syntheticCorpus();
  const counts = Object.entries(FILE_COUNTS).flatMap(([files, skills]) =>
    Array.from({ length: skills }, () => Number(files)),
  );
  return counts.map((count, index) => {
    const name = `skill-${String(index).padStart(2, "0")}`;
    const size = Math.min(SIZE.max, SIZE.median * Math.exp(SIZE.sigma * normal(random)));
    const text = (): string => drawn(vocabulary, random, size / count);
    const head = `---\nname: ${name}\ndescription: Use this when ${name} is asked for.\nlicense: MIT\n---\n\n`;
    const others = Array.from({ length: count - 1 }, (_, file) => [`references/part-${file}.md`, text()]);
    return { name, files: { "SKILL.md": `${head}${text()}`, ...Object.fromEntries(others) } };
  });
}

export async function publishSkills(server: BenchServer, skills: BenchSkill[]): Promise<void> {
  for (const skill of skills) {
    const manifest = { name: packageOf(skill), version: VERSION, description: "A sample.", license: "MIT" };
    const tarball = packageTarball({ "package.json": JSON.stringify(manifest), ...skill.files });
    const answer = await fetch(`${server.url}/${packageOf(skill).replace("/", "%2f")}`, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${server.token}` },
      body: JSON.stringify(publishDocument(manifest, tarball)),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
  }
}

/** One folder per skill below `skills`, as tools that know no registry take them. */
export async function writeSkills(folder: string, skills: BenchSkill[]): Promise<void> {
  for (const { name, files } of skills) {
    for (const [file, text] of Object.entries(files)) {
      const target = path.join(folder, "skills", name, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  }
}

/** Lines of a dozen words. */
function drawn(vocabulary: string[], random: Random, length: number): string {
  let text = "";
  for (let word = 1; text.length < length; word += 1)
    text += `${vocabulary[random.below(vocabulary.length)] ?? ""}${word % 12 === 0 ? "\n" : " "}`;
  return `${text}\n`;
}

/** Box and Muller's. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
