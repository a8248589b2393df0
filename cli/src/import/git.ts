import { spawn, type ChildProcess } from "node:child_process";
import { kill } from "node:process";
import { SkillsError } from "@skills-registry/schema/basics";
import type { Context } from "../context.ts";
import { redact } from "../failure.ts";
import type { Login } from "./address.ts";
import { gitEnvironment } from "./git-environment.ts";
import { explainGit } from "./git-failure.ts";

/** What git is asked to do. Nothing of it goes through a shell. */
export interface GitRequest {
  args: readonly string[];
  /** Folder of the repository, the one with `objects` in it. */
  gitDir?: string;
  /** Protocols that it may speak, as `https`; none for work on this machine. */
  protocols?: readonly string[];
  /** Standard input. */
  input?: string;
  /** Most bytes that are read of its answer. */
  limit: number;
  /** What the address held: offered to its host alone, and kept by no helper. */
  login?: { for: string; as: Login } | undefined;
  signal?: AbortSignal;
}

/**
 * Whatever the user's or the repository's configuration says: no hook, no filter, no program of LFS, no work in the background.
 * A transfer of less than 1,000 bytes a second for 30 seconds has stopped.
 */
const SAFE = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "protocol.ext.allow=never",
  "fetch.recurseSubmodules=false",
  "filter.lfs.smudge=",
  "filter.lfs.process=",
  "filter.lfs.required=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "http.lowSpeedLimit=1000",
  "http.lowSpeedTime=30",
].flatMap((setting) => ["-c", setting]);

/** The secrets are in the environment, which other accounts cannot look into, unlike arguments. */
const HELPER =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$SKILLS_GIT_USERNAME" "$SKILLS_GIT_PASSWORD"; }; f';

/** Bytes of git's own words that are kept; the last ones say what went wrong. */
const WORDS_MAX = 8_192;

/** Runs git and gives what it prints. Throws EIMPORT with what it means for an import, or git's own words. */
export async function git(context: Context, request: GitRequest): Promise<Buffer> {
  context.signal.throwIfAborted();
  const args = [
    ...SAFE,
    ...loginSettings(request.login),
    ...(request.gitDir === undefined ? [] : [`--git-dir=${request.gitDir}`]),
    ...request.args,
  ];
  // Without a person at the terminal git, and ssh below it, get none: in a session of its own nothing can ask.
  const child = spawn("git", args, {
    env: gitEnvironment(context, request),
    stdio: ["pipe", "pipe", "pipe"],
    detached: context.quiet,
    windowsHide: true,
  });
  return collect(child, context, request);
}

function loginSettings(login: GitRequest["login"]): string[] {
  if (login === undefined) return [];
  const { origin } = new URL(login.for);
  // The empty one ends the list of helpers so far: they would store what they are told of.
  return ["-c", "credential.helper=", "-c", `credential.${origin}.helper=${HELPER}`];
}

function collect(child: ChildProcess, context: Context, request: GitRequest): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let words = "";
    let ended: unknown;
    const end = (why: unknown): void => {
      ended ??= why;
      stop(child, context.quiet);
    };
    const signals = [context.signal, ...(request.signal === undefined ? [] : [request.signal])];
    const unhear = signals.map((signal) => onAbort(signal, () => end(signal.reason)));
    child.stdout?.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > request.limit) end(new SkillsError("EIMPORT", "the repository is larger than is imported"));
      else chunks.push(chunk);
    });
    child.stderr?.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-WORDS_MAX)));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(request.input ?? "");
    child.once("error", (error) => end(explainGit(error, "")));
    child.once("close", (code) => {
      for (const stopHearing of unhear) stopHearing();
      if (ended !== undefined) reject(ended);
      else if (code === 0) resolve(Buffer.concat(chunks));
      else reject(explainGit(undefined, withoutSecrets(words, request.login)));
    });
  });
}

function onAbort(signal: AbortSignal, work: () => void): () => void {
  signal.addEventListener("abort", work, { once: true });
  return () => signal.removeEventListener("abort", work);
}

/** Git's helpers for transports are processes of their own; in a session of its own they end with it. */
function stop(child: ChildProcess, isGroup: boolean): void {
  if (child.pid === undefined) return;
  try {
    kill(isGroup ? -child.pid : child.pid, "SIGTERM");
  } catch {
    child.kill();
  }
}

function withoutSecrets(words: string, login: GitRequest["login"]): string {
  const password = login?.as.password ?? "";
  return redact(password === "" ? words : words.replaceAll(password, "***"));
}
