import { join } from "node:path";
import type { Readable } from "node:stream";
import { SkillsError } from "@skills-registry/schema";
import type { World } from "../world.ts";

/**
 * The one door to npm's libraries. Each is loaded when it is first needed, and what they return leaves here narrowly typed,
 * or as `unknown` for its reader to parse. pacote serves packing only: loading it takes as long as
 * all of the rest of an install, most of it for git, scripts and attestations, which an install of skills has no use for.
 */

/** npm's configuration in the flat form that all of its libraries take. */
export interface NpmOptions {
  registry: string;
  signal: AbortSignal;
  [option: string]: unknown;
}

export interface NpmConfig {
  options: NpmOptions;
  /** Token that .npmrc or the environment holds for a registry. */
  token(registry: string): string | undefined;
  /** Writes the token to the user's .npmrc as `npm login` does; with a scope, also where that scope lives. */
  saveToken(login: { registry: string; token: string; scope: string | undefined }): Promise<void>;
  forgetToken(registry: string): Promise<void>;
}

/** Waits between retries in ms, where .npmrc names none: npm's own 10 and 60 seconds look like a hang to a person. */
const IMPATIENT = { minTimeout: 500, maxTimeout: 3_000 };

/** Reads .npmrc files and npm_config_ variables by npm's own rules. `registry` stands above all of them, scopes included. */
export async function loadNpmConfig(world: World, registry: string | undefined): Promise<NpmConfig> {
  const [{ default: Config }, { default: configuration }] = await Promise.all([
    import("@npmcli/config"),
    import("@npmcli/config/lib/definitions/index.js"),
  ]);
  const config = new Config({
    ...configuration,
    shorthands: {},
    npmPath: join(import.meta.dirname, "../.."),
    // A copy: loading writes npm_config_ variables back into it for child processes.
    env: { ...world.env, HOME: world.home },
    argv: [],
    cwd: world.cwd,
    warn: false,
  });
  await config.load();
  return {
    options: {
      ...withRegistry(config.flat, registry),
      // Answers have to be fresh, tarballs are small, and writing them down takes longer than asking again. It also fails
      // where the home is read-only, as in containers.
      cache: undefined,
      retry: {
        ...Object(config.flat["retry"]),
        ...(config.isDefault("fetch-retry-mintimeout") ? IMPATIENT : {}),
      },
      userAgent: `skills/${world.version}`,
      signal: world.signal,
    },
    token: (uri) => config.getCredentialsByURI(uri).token,
    saveToken: async (login) => {
      config.setCredentialsByURI(login.registry, { token: login.token });
      if (login.scope !== undefined) config.set(`${login.scope}:registry`, login.registry, "user");
      await config.save("user");
    },
    forgetToken: async (uri) => {
      config.clearCredentialsByURI(uri, "user");
      await config.save("user");
    },
  };
}

/** The options with one registry for every scope. */
function withRegistry(
  flat: Record<string, unknown>,
  registry: string | undefined,
): Record<string, unknown> & { registry: string } {
  if (registry === undefined) return { ...flat, registry: String(flat["registry"]) };
  const unscoped = Object.entries(flat).filter(([key]) => !/^@.*:registry$/i.test(key));
  return { ...Object.fromEntries(unscoped), registry };
}

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
  const { default: fetch } = await import("npm-registry-fetch");
  return abortable(fetch.json(path, options), options);
}

/** The same with status and headers, for an address that may be a whole one. */
export async function requestAnswer(
  path: string,
  options: NpmOptions,
): Promise<{ status: number; headers: { get(name: string): string | null }; body: unknown }> {
  const { default: fetch } = await import("npm-registry-fetch");
  const answer = await abortable(fetch(path, options), options);
  return { status: answer.status, headers: answer.headers, body: await abortable(answer.json(), options) };
}

/** The same where the answer says nothing. */
export async function send(path: string, options: NpmOptions): Promise<void> {
  const { default: fetch } = await import("npm-registry-fetch");
  await abortable(fetch(path, { ...options, ignoreBody: true }), options);
}

/** The version of a packument that npm would install for a version, range or tag; throws ETARGET when there is none. */
export async function pickVersion(packument: object, wanted: string, options: NpmOptions): Promise<unknown> {
  const { default: pickManifest } = await import("npm-pick-manifest");
  return pickManifest(packument, wanted, options);
}

/**
 * The bytes behind an address, with the credentials that belong to it. Reading stops at `limit` bytes: what a server sends
 * beyond it is never held in memory.
 */
export async function fetchBytes(url: string, limit: number, options: NpmOptions): Promise<Uint8Array> {
  const { default: fetch } = await import("npm-registry-fetch");
  const { body } = await abortable(fetch(url, options), options);
  return abortable(readUpTo(body, limit, url), options);
}

/** By events: the stream of npm's fetch warns of a leak when it is iterated over. */
function readUpTo(body: Readable, limit: number, url: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    body.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      body.destroy();
      reject(new SkillsError("ESKILLTOOLARGE", `${url} is larger than ${limit} bytes`));
    });
    body.on("error", reject);
    body.on("end", () => resolve(Buffer.concat(chunks)));
  });
}

/** package.json as far as packing and publishing care; the rest travels along. */
export interface PackageJson {
  name: string;
  version: string;
  [field: string]: unknown;
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
  const published = publish(manifest, Buffer.from(tarball), { algorithms: ["sha512"], ...options });
  await abortable(published, options);
}

/** Settles at once when Ctrl-C is pressed: npm's fetch retries even a request that was aborted, for seconds. */
function abortable<T>(work: Promise<T>, { signal }: NpmOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
