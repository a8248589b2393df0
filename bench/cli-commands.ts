import { measured, type Contender } from "./cli-contenders.ts";
import type { Projects, Tool } from "./cli-projects.ts";
import { packageOf } from "./cli-skills.ts";
import type { Bench } from "./cli-setup.ts";
import { execute, NODE, NPM, SKILLS, type CommandLine } from "./cli-tools.ts";

const ROUNDS = { counted: 21, warmup: 1 };

/** The commands that only look, in projects of 50 skills with warm caches, beside an empty process. */
export async function commandTables(bench: Bench, projects: Projects): Promise<string> {
  const row = rows(bench, projects);
  const client: CommandLine = [
    process.execPath,
    "-e",
    CLIENT,
    JSON.stringify(await conditionalRequests(bench)),
  ];
  const outdated = [
    row.ours("outdated"),
    row.again("outdated"),
    row.ours("outdated", "--prefer-offline"),
    row.node(NODE, "node -e 0"),
    row.node(client, "the same requests alone, by node:http"),
    row.npm("outdated"),
    row.pnpm("outdated"),
  ];
  return [
    await measured("Help", besidePeers(row, { ours: "--help", npm: "help", peers: "--help" }), ROUNDS),
    await measured("List 50 skills", besidePeers(row, { ours: "list", npm: "ls", peers: "list" }), ROUNDS),
    await measured("Ask what is outdated of 50 skills, when nothing is", outdated, ROUNDS),
  ].join("\n");
}

function besidePeers(row: Rows, { ours, npm, peers }: Record<"ours" | "npm" | "peers", string>): Contender[] {
  return [
    row.ours(ours),
    row.again(ours),
    row.node(NODE, "node -e 0"),
    row.npm(npm),
    row.pnpm(peers),
    row.vercel(peers),
    row.openskills(peers),
  ];
}

type Rows = ReturnType<typeof rows>;
type Row = (...args: string[]) => Contender;

/** One contender per tool, run where that tool has installed the skills. */
function rows(bench: Bench, projects: Projects) {
  const { peers } = bench;
  const row =
    (tool: Tool, title: string, line: () => Promise<CommandLine>): Row =>
    (...args) => ({
      name: `${title} ${args.join(" ")}`,
      run: async () => await execute([...(await line()), ...args], await projects(tool)),
    });
  const ours = row("skills", "skills", async () => await Promise.resolve(SKILLS));
  return {
    ours,
    again: (...args: string[]): Contender => ({
      ...ours(...args),
      name: `skills ${args.join(" ")} again (A/A)`,
    }),
    node: (line: CommandLine, name: string): Contender => ({
      name,
      run: async () => await execute(line, await projects("skills")),
    }),
    npm: row("npm", "npm", async () => await Promise.resolve(NPM)),
    pnpm: row("pnpm", peers.title("pnpm"), async () => await peers.line("pnpm")),
    vercel: row("vercel", peers.title("skills"), async () => await peers.line("skills")),
    openskills: row("openskills", peers.title("openskills"), async () => await peers.line("openskills")),
  };
}

/** What a client sends that knows all packuments already: the network's part of the question. */
async function conditionalRequests({ registry, skills }: Bench): Promise<Requests> {
  const requests = skills.map((skill) => `${registry}/${packageOf(skill).replace("/", "%2f")}`);
  const answers = await Promise.all(requests.map(async (url) => await fetch(url)));
  return {
    requests,
    headers: answers.map((answer) => ({ "if-none-match": answer.headers.get("etag") ?? "" })),
  };
}

interface Requests {
  requests: string[];
  headers: Record<string, string>[];
}

/** Over as many connections as npm opens. */
const CLIENT = `
  const { Agent, get } = require("node:http");
  const { requests, headers } = JSON.parse(process.argv[1]);
  const agent = new Agent({ keepAlive: true, maxSockets: 15 });
  Promise.all(requests.map((url, index) => new Promise((resolve, reject) => {
    get(url, { agent, headers: headers[index] }, (answer) => {
      if (answer.statusCode !== 304) reject(new Error(String(answer.statusCode)));
      answer.resume().on("end", resolve);
    }).on("error", reject);
  }))).then(() => agent.destroy());
`;
