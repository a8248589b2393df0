import { hash } from "node:crypto";
import { z } from "zod";
import type { Entry } from "./entry.ts";

const PACKAGE_JSON = "package.json";

/** True when two packages hold the same files, apart from the version in package.json. Folders carry no content. */
export function sameContent(a: readonly Entry[], b: readonly Entry[]): boolean {
  const [left, right] = [fingerprint(a), fingerprint(b)];
  return left.size === right.size && [...left].every(([path, content]) => right.get(path) === content);
}

function fingerprint(entries: readonly Entry[]): Map<string, string> {
  const files = entries.filter(({ type }) => type === "file");
  return new Map(files.map((file) => [file.path, `${file.mode & 0o100} ${contentOf(file)}`]));
}

function contentOf({ path, data }: Entry): string {
  return hash("sha256", path === PACKAGE_JSON ? versionless(data) : data, "base64");
}

const manifest = z.record(z.string(), z.unknown());

function versionless(data: Uint8Array): string {
  const text = new TextDecoder().decode(data);
  try {
    return JSON.stringify({ ...manifest.parse(JSON.parse(text)), version: "" });
  } catch {
    return text;
  }
}
