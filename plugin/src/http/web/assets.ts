import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { SkillsError } from "@skills-registry/schema";
import { type Answer, bytes } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";

/** Beside `src` and `dist`, so that both find it without a copy. */
const FOLDER = new URL("../../../assets/", import.meta.url);

/** Parts of the one style sheet, in this order. */
const STYLE_SHEETS = [
  "base.css",
  "layout.css",
  "components.css",
  "markdown.css",
  "home.css",
  "search.css",
  "skill.css",
  "code.css",
  "account.css",
  "reference.css",
];

const SOURCES = {
  "style.css": { files: STYLE_SHEETS, type: "text/css; charset=utf-8" },
  /** Sets the theme before anything is painted. */
  "theme.js": { files: ["theme.js"], type: "text/javascript; charset=utf-8" },
  "page.js": { files: ["page.js"], type: "text/javascript; charset=utf-8" },
  "icon.svg": { files: ["icon.svg"], type: "image/svg+xml" },
};
type AssetName = keyof typeof SOURCES;

interface Asset {
  /** With a hash of the content: a changed asset has another address. */
  file: string;
  type: string;
  content: Buffer;
}

const ASSETS: Record<AssetName, Asset> = {
  "style.css": load("style.css"),
  "theme.js": load("theme.js"),
  "page.js": load("page.js"),
  "icon.svg": load("icon.svg"),
};

function load(name: AssetName): Asset {
  const { files, type } = SOURCES[name];
  const content = Buffer.concat(files.map((file) => readFileSync(new URL(file, FOLDER))));
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return { file: name.replace(".", `.${hash}.`), type, content };
}

/** Address of an asset in a page. */
export function assetUrl(name: AssetName): string {
  return `/assets/${ASSETS[name].file}`;
}

/** `GET /assets/:file`. */
export async function getAsset(_services: Services, request: Request): Promise<Answer> {
  const asset = Object.values(ASSETS).find(({ file }) => file === request.params["file"]);
  if (asset === undefined) throw new SkillsError("ENOTFOUND", "there is no such file");
  return bytes(200, asset.content, {
    "content-type": asset.type,
    "cache-control": "public, max-age=31536000, immutable",
  });
}
