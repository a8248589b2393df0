import { parseRemote, publicAddress } from "../import/address.ts";

/** `owner/repo`, which these tools take for a repository on GitHub. */
const SHORT = /^[\w.-]+\/[\w.-]+$/;

/** Where another tool took a skill from. */
export interface OldSource {
  /** As `skills import` takes it, without credentials. */
  address: string;
  /** Branch, tag or commit. */
  ref: string | undefined;
  /** Folder of the skill in it; "" for the top, undefined where the tool did not write it down. */
  path: string | undefined;
}

/** What a lock of the `skills` package says of the source of a skill. */
export interface StatedOrigin {
  source?: string | undefined;
  sourceUrl?: string | undefined;
  sourceType?: string | undefined;
  ref?: string | undefined;
  skillPath?: string | undefined;
}

/** The source of a skill without what could be secret in it: these locks keep addresses with the tokens that people typed. */
export function oldSource({
  source,
  sourceUrl,
  sourceType,
  ref,
  skillPath,
}: StatedOrigin): OldSource | undefined {
  const address = [source, sourceUrl]
    .filter((text) => text !== undefined)
    .map((text) => cleanAddress(text, sourceType))
    .find((text) => text !== undefined);
  if (address === undefined) return undefined;
  return { address, ref, path: skillPath === undefined ? undefined : folderOf(skillPath) };
}

/** undefined for what is no address. */
export function cleanAddress(text: string, type?: string): string | undefined {
  if (SHORT.test(text) && (type === undefined || type === "github")) return `github:${text}`;
  if (SHORT.test(text) && type === "gitlab") return `gitlab:${text}`;
  const url = parseRemote(text);
  if (url === undefined || url.host === "") return undefined;
  const shown = new URL(publicAddress(url.href));
  shown.search = "";
  shown.hash = "";
  return shown.href;
}

/** `skills/x` of `skills/x/SKILL.md`. */
function folderOf(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return (parts.at(-1)?.toLowerCase() === "skill.md" ? parts.slice(0, -1) : parts).join("/");
}
