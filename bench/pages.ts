import { publishDocument } from "../test/support/publish-body.ts";
import { packageTarball } from "../test/support/skill.ts";
import { percentile } from "./figures.ts";
import { type BenchServer, ourServer } from "./servers.ts";

/** Requests of each page that count; those of the warm-up fill what is kept between requests. */
const REQUESTS = 300;
const WARMUP = 30;
const SKILLS = 40;

const PAGES: Record<string, string> = {
  home: "/",
  "results, with facets": "/search?q=paragraph",
  skill: "/skills/acme/skill-1",
  "skill, revalidated (304)": "/skills/acme/skill-1",
  versions: "/skills/acme/skill-1/versions",
  "difference of two versions": "/skills/acme/skill-1/diff/1.0.0...1.1.0",
  files: "/skills/acme/skill-1/v/1.1.0/files",
  "one file, highlighted": "/skills/acme/skill-1/v/1.1.0/files/scripts/run.py",
  namespace: "/skills/acme",
  "REST: skill": "/api/skills/acme/skill-1",
};

/** Pages of a registry with some skills, one client, as it is seen by that client; and a skill page that nobody has asked for yet. */
export async function benchPages(): Promise<string> {
  await using server = await ourServer();
  for (let index = 0; index < SKILLS; index += 1) {
    await publish(server, index, "1.0.0");
    await publish(server, index, "1.1.0");
  }
  const rows: string[] = [];
  for (const [name, path] of Object.entries(PAGES)) rows.push(await measure(server, name, path));
  rows.push(await firstVisits(server));
  return [
    "### Pages",
    "",
    `${REQUESTS} requests of each, one after the other, over HTTP; the SKILL.md has 12 kB. Transfer is that of the document, compressed.`,
    "",
    "| page | p50 ms | p99 ms | transfer, kB |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

async function measure(server: BenchServer, name: string, path: string): Promise<string> {
  const samples: number[] = [];
  const etag = name.includes("304") ? ((await fetch(server.url + path)).headers.get("etag") ?? "") : "";
  for (let round = 0; round < WARMUP + REQUESTS; round += 1) {
    const started = performance.now();
    const answer = await fetch(server.url + path, { headers: headers(etag) });
    await answer.arrayBuffer();
    if (round >= WARMUP) samples.push(performance.now() - started);
    if (answer.status !== (etag === "" ? 200 : 304)) throw new Error(`${path}: ${answer.status}`);
  }
  return row(name, samples, etag === "" ? await transferred(server, path) : 0);
}

/** Every one of them has its Markdown rendered first. */
async function firstVisits(server: BenchServer): Promise<string> {
  const samples: number[] = [];
  for (let index = 2; index < SKILLS; index += 1) {
    const started = performance.now();
    const answer = await fetch(`${server.url}/skills/acme/skill-${index}`, { headers: headers("") });
    await answer.arrayBuffer();
    samples.push(performance.now() - started);
  }
  return row(
    `skill, first visit (${samples.length} of them)`,
    samples,
    await transferred(server, "/skills/acme/skill-2"),
  );
}

function headers(etag: string): Record<string, string> {
  return { accept: "text/html", ...(etag === "" ? {} : { "if-none-match": etag }) };
}

/** Bytes on the wire: fetch shows only what they unpack to. */
async function transferred(server: BenchServer, path: string): Promise<number> {
  const { request } = await import("node:http");
  return await new Promise((resolve, reject) => {
    const options = { headers: { accept: "text/html", "accept-encoding": "gzip" } };
    const asked = request(server.url + path, options, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => (bytes += chunk.length)).on("end", () => resolve(bytes));
    });
    asked.on("error", reject).end();
  });
}

function row(name: string, samples: number[], bytes: number): string {
  const figures = [percentile(samples, 50), percentile(samples, 99), bytes / 1000];
  return `| ${name} | ${figures.map((figure) => figure.toFixed(1)).join(" | ")} |`;
}

async function publish(server: BenchServer, index: number, version: string): Promise<void> {
  const name = `@acme/skill-${index}`;
  const manifest = { name, version, description: `About number ${index}.`, license: "MIT" };
  const tarball = packageTarball({
    "package.json": JSON.stringify(manifest),
    "SKILL.md": skillText(index, version),
    "scripts/run.py": "def run(path: str) -> bool:\n    return open(path).read() != ''\n\n".repeat(60),
    "references/notes.md": `# Notes\n\nOf version ${version}.\n`,
  });
  const answer = await fetch(`${server.url}/${name.replace("/", "%2f")}`, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: `Bearer ${server.token}` },
    body: JSON.stringify(publishDocument(manifest, tarball)),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
}

/** 12 kB of what real ones have: headings, lists, tables, links, code. */
function skillText(index: number, version: string): string {
  const section = (number: number): string =>
    [
      `## Part ${number} of ${version}`,
      "",
      `A paragraph about part ${number} of skill ${index}, with **strong words**, \`code\` and a [link](references/notes.md).`,
      "",
      "- first, read what is there",
      "- then change it",
      "",
      "| step | why |\n|---|---|\n| read | to know |\n| write | to tell |",
      "",
      "```python\ndef step(number: int) -> str:\n    return f'step {number}'\n```",
      "",
    ].join("\n");
  const body = Array.from({ length: 40 }, (_, number) => section(number)).join("\n");
  return `---\nname: skill-${index}\ndescription: About number ${index}. Use when numbers are asked for.\nlicense: MIT\n---\n\n# Skill ${index}\n\n${body}`;
}
