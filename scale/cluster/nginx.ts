import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { freePort } from "../../test/support/free-port.ts";
import { answering, type Program, startProgram } from "./program.ts";

const CONFIG = path.resolve(import.meta.dirname, "../../deploy/nginx.conf");

export interface Nginx extends AsyncDisposable {
  url: string;
  program: Program;
  /** One line for each request, as deploy/nginx.conf says. */
  log(): Promise<string>;
}

/** What deploy/nginx.conf says of its surroundings. */
export interface Surroundings {
  port: number;
  /** `127.0.0.1:4873` */
  nodes: string[];
  /** Folder for everything it writes. */
  folder: string;
}

/** The nginx.conf that is shipped, with other ports, nodes and folders. Throws when one of them is not found in it. */
export function nginxConfig(text: string, { port, nodes, folder }: Surroundings): string {
  const servers = nodes.map((node) => `    server ${node} max_fails=1 fail_timeout=2s;`).join("\n");
  const changes: [RegExp, string][] = [
    [/( {4}server registry-\d:4873 max_fails=1 fail_timeout=2s;\n?)+/, `${servers}\n`],
    [/listen 8080;/, `listen 127.0.0.1:${port};`],
    [/\/tmp\//g, `${folder}/`],
    [/\/var\/cache\/nginx\//, `${folder}/`],
    [/access_log \/dev\/stdout/, `access_log ${folder}/access.log`],
    [/error_log \/dev\/stderr/, `error_log ${folder}/error.log`],
  ];
  return changes.reduce((changed, [pattern, value]) => {
    if (changed.search(pattern) === -1) throw new Error(`deploy/nginx.conf has no ${pattern.source}`);
    return changed.replace(pattern, value);
  }, text);
}

/**
 * A real nginx with the configuration that is shipped, on a free port of loopback, before these nodes. `change` alters it, as to make a
 * time shorter than anybody waits for.
 */
export async function startNginx(nodes: string[], change = (text: string) => text): Promise<Nginx> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "skills-nginx-"));
  await mkdir(path.join(folder, "tarballs"));
  const port = await freePort();
  const config = path.join(folder, "nginx.conf");
  const text = nginxConfig(change(await readFile(CONFIG, "utf8")), { port, nodes, folder });
  // Workers of root run as another user, who could not write here.
  const asMe = process.getuid?.() === 0 ? "user root;\n" : "";
  await writeFile(config, asMe + text);
  const args = ["-c", config, "-e", path.join(folder, "error.log"), "-g", "daemon off;"];
  const program = startProgram({ command: "nginx", args, cwd: folder });
  const url = `http://127.0.0.1:${port}`;
  await answering(`${url}/-/ping`, program);
  return {
    url,
    program,
    log: async () => await readFile(path.join(folder, "access.log"), "utf8"),
    async [Symbol.asyncDispose]() {
      await program.end("SIGQUIT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
