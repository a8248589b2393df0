import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { SkillsError } from "@skills-registry/schema/basics";
import { ask, hostOf } from "./ask.ts";
import type { Patience } from "./attempts.ts";

/**
 * The one door to npm's libraries for requests and packages. Each is loaded when it is first needed, and what they return leaves here narrowly typed,
 * or as `unknown` for its reader to parse. pacote serves packing only: loading it takes as long as
 * all of the rest of an install, most of it for git, scripts and attestations, which an install of skills has no use for.
 */

/** npm's configuration in the flat form that all of its libraries take, with what this command adds to it. */
export interface NpmOptions {
  registry: string;
  signal: AbortSignal;
  /** Folder of npm's cache; it need not be there, nor be writable. */
  cacheFolder: string;
  /** True when the network is not to be used. */
  offline: boolean;
  /** True when what is in the cache need not be asked for again. */
  preferOffline: boolean;
  /** How often, and how long, a registry is waited for. */
  patience: Patience;
  /** Says why something takes longer. */
  note(text: string): void;
  /** Does what nobody has to wait for but the end of the command; after that, nothing. The work must not reject. */
  later(work: () => Promise<void>): void;
  /** What is asked for, where its address does not say it. */
  label?: string;
  [option: string]: unknown;
}

/** Largest answer in JSON that is read, in bytes: thousands of versions of a skill are a tenth of it. */
export const ANSWER_MAX = 64 * 1024 * 1024;

/** Tries are counted, and announced, in ask.ts. npm's own timeouts come after those there. */
const ONE_TRY = { retry: { retries: 0 }, timeout: 0x7fff_ffff };

/** What the user typed, taken apart: `@acme/x@^1` is a range, `@acme/x@beta` a tag. */
export interface Spec {
  type: string;
  name: string | null;
  /** Version, range or tag; "latest" or "*" when none was typed. */
  wanted: string;
  raw: string;
}

export async function parseSpec(text: string): Promise<Spec> {
  const { default: npa } = await import("npm-package-arg");
  const { type, name, fetchSpec, raw } = npa(text);
  return { type, name, wanted: fetchSpec ?? "latest", raw };
}

/** One request to the registry, path below its address; the answer as JSON. */
export async function requestJson(path: string, options: NpmOptions): Promise<unknown> {
  return (await requestAnswer(path, options)).body;
}

/** The same with status and headers, for an address that may be a whole one. */
export async function requestAnswer(
  path: string,
  options: NpmOptions,
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const { status, headers, bytes } = await requestBytes(path, ANSWER_MAX, options);
  return { status, headers, body: parseJson(bytes, path, options) };
}

/** The same where the answer says nothing. */
export async function send(path: string, options: NpmOptions): Promise<void> {
  await requestBytes(path, ANSWER_MAX, options);
}

/** The same before anything is made of its bytes; what a server sends beyond `limit` bytes is never held in memory. */
export async function requestBytes(path: string, limit: number, options: NpmOptions) {
  const { default: fetch } = await import("npm-registry-fetch");
  return ask(path, options, async ({ signal, heard }) => {
    const { status, headers, body } = await fetch(path, { ...options, ...ONE_TRY, signal });
    heard();
    const bytes = await readUpTo(body, { limit, heard, what: hostOf(path, options) });
    return { status, headers, bytes, etag: headers.get("etag") ?? undefined };
  });
}

interface Headers {
  get(name: string): string | null;
}

/** Throws EREGISTRY, with npm's `type` for it, when the bytes are no JSON. */
export function parseJson(bytes: Uint8Array, path: string, options: NpmOptions): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    const error = new SkillsError(
      "EREGISTRY",
      `${hostOf(path, options)} answered with something else than JSON`,
    );
    throw Object.assign(error, { type: "invalid-json" });
  }
}

/** A short name for whoever is logged in to the registry, without the secret; of a password, nothing is in it at all. */
export async function accountOf(options: NpmOptions): Promise<string> {
  const { default: fetch } = await import("npm-registry-fetch");
  const { token, auth, cert } = fetch.getAuth(options.registry, options);
  const user = auth === null ? null : Buffer.from(auth, "base64").toString().split(":")[0];
  const parts = [token, user, cert ?? options["cert"] ?? null];
  if (parts.every((part) => part === null)) return "anonymous";
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, ACCOUNT_DIGITS);
}

/** Enough that no two logins of one person share them. */
const ACCOUNT_DIGITS = 16;

/** The version of a packument that npm would install for a version, range or tag; throws ETARGET when there is none. */
export async function pickVersion(packument: object, wanted: string, options: NpmOptions): Promise<unknown> {
  const { default: pickManifest } = await import("npm-pick-manifest");
  return pickManifest(packument, wanted, options);
}

/** By events: the stream of npm's fetch warns of a leak when it is iterated over. */
function readUpTo(body: Readable, { limit, heard, what }: Reading): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    body.on("data", (chunk: Uint8Array) => {
      heard();
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      body.destroy();
      reject(new SkillsError("ESKILLTOOLARGE", `${what} sent more than ${limit} bytes`));
    });
    body.on("error", reject);
    body.on("end", () => resolve(Buffer.concat(chunks)));
  });
}

interface Reading {
  limit: number;
  heard(): void;
  /** For the message. */
  what: string;
}

/** package.json as far as packing and publishing care; the rest travels along. */
export interface PackageJson {
  name: string;
  version: string;
  [field: string]: unknown;
}

/** Folders of the workspaces that a package.json names, by the names of their packages; throws where two have one name. */
export async function mapWorkspaces(cwd: string, manifest: object): Promise<Map<string, string>> {
  const { default: map } = await import("@npmcli/map-workspaces");
  return map({ cwd, pkg: manifest });
}

/** Packs a folder by npm's own rules (`files`, ignore files, fixed times), running no script. Same folder, same bytes. */
export async function packDirectory(path: string, manifest: PackageJson): Promise<Uint8Array> {
  const { tarball } = (await import("pacote")).default;
  // Four fields are all that npm's packer reads of an Arborist tree.
  const tree = { path, package: manifest, edgesOut: new Map(), isProjectRoot: true };
  return tarball(`file:${path}`, { tree, ignoreScripts: true });
}

export async function putPackage(
  manifest: PackageJson,
  tarball: Uint8Array,
  options: NpmOptions,
): Promise<void> {
  const { publish } = (await import("libnpmpublish")).default;
  // While the tarball is on its way, nothing comes back.
  const patience = { ...options.patience, silence: options.patience.uploadSilence };
  await ask(manifest.name, { ...options, patience }, async ({ signal }) => {
    const once = { algorithms: ["sha512"], ...options, ...ONE_TRY, signal };
    await publish(manifest, Buffer.from(tarball), once);
  });
}
