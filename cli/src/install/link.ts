import { symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { platform } from "node:process";
import { settle } from "../files.ts";

export interface Link {
  /** Absolute path of the folder that it leads to. */
  target: string;
  /** Absolute path where it is going to stand. */
  path: string;
  /** Where it is made: staging, from where it is moved to `path`. */
  staged: string;
}

/** What links depend on; tests hand in another system. */
export interface LinkSystem {
  platform: NodeJS.Platform;
  symlink: (target: string, path: string, type: "dir" | "junction") => Promise<void>;
}

const THIS_SYSTEM: LinkSystem = { platform, symlink };

/**
 * What systems say where links cannot be: FAT and some network drives (EPERM on Linux, EISDIR and EINVAL on Windows),
 * file systems of containers (ENOTSUP, ENOSYS), policies (EACCES). A folder that is not writable at all says the same,
 * and then the copy fails with the reason.
 */
const NO_LINKS = new Set([
  "EPERM",
  "EACCES",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EINVAL",
  "EISDIR",
  "UNKNOWN",
]);

/**
 * Makes a link to a folder or, where the file system has none, what `copy` makes at `staged` instead. Resolves to what it
 * became, for the lock to remember.
 */
export async function linkOrCopy(
  link: Link,
  copy: (staged: string) => Promise<void>,
  system: LinkSystem = THIS_SYSTEM,
): Promise<"link" | "copy"> {
  if (await makeLink(link, system)) return "link";
  await copy(link.staged);
  return "copy";
}

/** False where the file system refuses links. */
async function makeLink({ target, path, staged }: Link, system: LinkSystem): Promise<boolean> {
  // Between real folders, since an agent's folder may itself be a link.
  const [from, to] = await Promise.all([settle(dirname(path)), settle(dirname(target))]);
  const real = join(to, basename(target));
  try {
    // Windows lets only administrators make symbolic links, and everybody junctions, whose target is absolute.
    // Elsewhere it is relative, so that the project can move.
    if (system.platform === "win32") await system.symlink(real, staged, "junction");
    else await system.symlink(relative(from, real), staged, "dir");
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && typeof error.code === "string" && NO_LINKS.has(error.code)
  );
}
