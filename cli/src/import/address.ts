import { BlockList, isIP } from "node:net";
import { SkillsError } from "@skills-registry/schema/basics";
import { usageError } from "../usage-error.ts";

/** Name and password out of an address. Used for the one request, and in nothing that is stored or shown. */
export interface Login {
  username: string;
  password: string;
}

/** An address apart from what is secret in it. */
export interface Address {
  /** Without credentials; the user name of ssh stays, for it says no secret. */
  url: string;
  login: Login | undefined;
}

/** Hosts whose repositories are the same by ssh and by https, and have pages to look at by https. */
const FORGES = new Set(["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"]);

export function isForge(hostname: string): boolean {
  return FORGES.has(hostname.toLowerCase());
}

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** Networks that only this machine and its neighbours see; services of clouds that hand out credentials are among them. */
const INTERNAL: readonly [net: string, prefix: number, type: "ipv4" | "ipv6"][] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["::", 127, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
];

/**
 * True for a host that no public site has to do with, by its address: names are not looked up, for the answer could be another
 * one a moment later. What is asked there is a GET by https without credentials.
 */
export function isInternal(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  const address = name.replace(/^\[|\]$/g, "");
  const family = isIP(address);
  if (family === 0) return false;
  const nets = new BlockList();
  for (const net of INTERNAL) nets.addSubnet(...net);
  return nets.check(address, family === 4 ? "ipv4" : "ipv6");
}

/**
 * Takes the credentials out of an address. Throws EIMPORT for one that is read without encryption: whoever is in between could
 * put other skills into the answer. On this machine nobody is.
 */
export function parseAddress(url: URL): Address {
  const shown = new URL(url);
  shown.hash = "";
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new SkillsError("EIMPORT", `${withoutLogin(url)} is http, which anybody on the way can change`, {
      hint: "Use its https address.",
    });
  }
  if (url.protocol === "ssh:") {
    if (url.password !== "") throw usageError("ssh takes no password in its address: use a key");
    return { url: shown.href, login: undefined };
  }
  const login = { username: decoded(url.username), password: decoded(url.password) };
  shown.username = "";
  shown.password = "";
  return { url: shown.href, login: login.username === "" && login.password === "" ? undefined : login };
}

/** The address as it is shown and stored: a query may hold a signature that is as good as a password. */
export function withoutQuery(address: string): string {
  return address.replace(/[?#].*$/s, "");
}

/** The address of a repository as it is stored: without credentials, and by https where that is the same repository. */
export function publicAddress(address: string): string {
  const url = parseRemote(address);
  if (url === undefined) return address;
  if (url.protocol !== "ssh:") return withoutQuery(withoutLogin(url));
  if (isForge(url.hostname)) return `https://${url.hostname}${url.pathname}`;
  url.password = "";
  return url.href;
}

/** One key for all addresses of a repository: by ssh or https, with .git behind it or without. */
export function repositoryKey(address: string): string {
  const url = parseRemote(address.replace(/^git\+/, ""));
  const plain = (text: string): string => text.replace(/\/+$/, "").replace(/\.git$/, "");
  if (url === undefined || url.host === "") return plain(address);
  const path = plain(url.pathname);
  return `${url.hostname.toLowerCase()}${isForge(url.hostname) ? path.toLowerCase() : path}`;
}

/** `git@host:owner/repo.git`, as git takes it beside addresses. */
const SCP = /^(?:([\w.-]+)@)?([\w][\w.-]+):(?!\/\/)(.+)$/;

/** An address, or what git writes instead of one for ssh; undefined for a path. */
export function parseRemote(text: string): URL | undefined {
  const scp = /^[\w+.-]+:\/\//.test(text) ? null : SCP.exec(text);
  if (scp === null) return URL.parse(text) ?? undefined;
  const [, user = "", host = "", path = ""] = scp;
  return URL.parse(`ssh://${user === "" ? "" : `${user}@`}${host}/${path.replace(/^\//, "")}`) ?? undefined;
}

function withoutLogin(url: URL): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  return shown.href;
}

/** Text of an address as it was meant; as it stands, where it is no encoding of anything. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
