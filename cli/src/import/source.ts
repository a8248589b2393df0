import { SkillsError } from "@skills-registry/schema/basics";
import { usageError } from "../usage-error.ts";
import { decoded, isForge, parseAddress, parseRemote, type Address } from "./address.ts";

/** What the user named, before anything was asked for. */
export type ImportSource =
  | ({ kind: "git"; ref: string | undefined; path: string } & Address)
  | ({ kind: "archive" } & Address)
  /** A site with an index of skills, or a repository: only asking tells. */
  | ({ kind: "web"; ref: string | undefined } & Address)
  | { kind: "local"; path: string };

const ARCHIVE = /\.(tgz|tar\.gz|zip)$/i;
const SHORTHAND = /^(github|gitlab):([\w.-]+(?:\/[\w.-]+)+?)(?:\.git)?(?:#(.+))?$/;

/** Pages of forges that people copy from the browser: `/tree/<branch>/<folder>`. */
const FOLDER_PAGE = /^(\/.+?)(?:\/-)?\/(?:tree|blob)\/([^/]+)(?:\/(.*?))?(?:\/SKILL\.md)?\/?$/i;

/** A branch, tag or commit, and nothing that git would take for an option, a range or a mapping of refs. */
const REF = /^(?!.*\.\.)[A-Za-z0-9_][\w./@+-]*$/;

/** Reads what was typed. Throws EUSAGE for what names nothing, EIMPORT for what is not read from, and why. */
export function parseSource(text: string): ImportSource {
  if (text === "" || text.startsWith("-")) throw usageError(`"${text}" names no place to import from`);
  if (/^\w+::/.test(text)) throw refused(`${text} would have git run a program of its choice`);
  const short = SHORTHAND.exec(text);
  if (short !== null) {
    const [, forge, repository, ref] = short;
    return gitSource(new URL(`https://${forge}.com/${repository}.git`), ref);
  }
  const url = parseRemote(text.replace(/^git\+/, ""));
  if (url === undefined || /^[a-z]:$/i.test(url.protocol)) return { kind: "local", path: text };
  return addressSource(url, text.startsWith("git+"));
}

/** The one of two ways to name a version of the source. */
export function chooseRef(option: string | undefined, source: ImportSource): string | undefined {
  const named = "ref" in source ? source.ref : undefined;
  if (option !== undefined && source.kind === "archive")
    throw usageError("an archive has no branches: --ref is for repositories");
  if (option !== undefined && named !== undefined && option !== named)
    throw usageError(`the address says ${named}, and --ref says ${option}`);
  const ref = option ?? named;
  if (ref !== undefined && !REF.test(ref)) throw usageError(`"${ref}" is no branch, tag or commit`);
  return ref;
}

/** `a/b` of what was typed: relative, without a way up. */
export function parseFolder(text: string): string {
  const segments = text.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (text.startsWith("/") || segments.includes("..") || text.includes("\\") || text.includes("\0"))
    throw usageError(`"${text}" is no folder below the top of what is imported`);
  return segments.join("/");
}

function addressSource(url: URL, isGit: boolean): ImportSource {
  const ref = url.hash === "" ? undefined : decoded(url.hash.slice(1));
  if (url.protocol === "file:" && url.host !== "") throw refused(`${url.href} names a host`);
  if (url.protocol === "file:" && ARCHIVE.test(url.pathname))
    return { kind: "archive", ...parseAddress(url) };
  if (url.protocol === "ssh:" || url.protocol === "file:") return gitSource(url, ref);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw refused(`${url.protocol}// is not among the protocols that are imported from`);
  if (ARCHIVE.test(url.pathname) && !isGit) return { kind: "archive", ...parseAddress(url) };
  const page = isForge(url.hostname) ? FOLDER_PAGE.exec(url.pathname) : null;
  if (page !== null) {
    const [, repository = "", branch, folder = ""] = page;
    const address = new URL(url);
    address.pathname = repository;
    return { ...gitSource(address, branch), path: parseFolder(decoded(folder)) };
  }
  if (isGit || isForge(url.hostname) || /\.git\/?$/.test(url.pathname)) return gitSource(url, ref);
  return { kind: "web", ref, ...parseAddress(url) };
}

function gitSource(url: URL, ref: string | undefined): ImportSource & { kind: "git" } {
  return { kind: "git", ref, path: "", ...parseAddress(url) };
}

function refused(message: string): SkillsError {
  return new SkillsError("EIMPORT", message, {
    hint: "Repositories are read by https, ssh or file://, archives and sites by https.",
  });
}
