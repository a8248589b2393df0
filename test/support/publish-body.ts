import { createHash } from "node:crypto";
import { packageTarball } from "./skill.ts";

export interface PublishBodyOptions {
  name?: string;
  version?: string;
  tag?: string;
  /** Files besides package.json and SKILL.md, or in their place. */
  files?: Record<string, string>;
}

export interface PublishDocument {
  _id: string;
  name: string;
  "dist-tags": Record<string, string>;
  versions: Record<string, Record<string, unknown>>;
  _attachments: Record<string, Record<string, unknown>>;
  [field: string]: unknown;
}

/** The document that `npm publish` sends for a small valid skill. */
export function publishBody(options: PublishBodyOptions = {}): PublishDocument {
  const { name = "@acme/sample", version = "1.0.0", tag = "latest" } = options;
  const skill = name.slice(name.indexOf("/") + 1);
  const manifest = { name, version, description: "A sample.", license: "MIT" };
  const tarball = packageTarball({
    "package.json": JSON.stringify(manifest),
    "SKILL.md": `---\nname: ${skill}\ndescription: A sample skill.\nlicense: MIT\n---\n\nBody.\n`,
    ...options.files,
  });
  return publishDocument(manifest, tarball, tag);
}

/** The document for any manifest and any bytes, with what a client computes from them. */
export function publishDocument(
  manifest: { name: string; version: string; [field: string]: unknown },
  tarball: Buffer,
  tag = "latest",
): PublishDocument {
  const { name, version } = manifest;
  const file = `${name}-${version}.tgz`;
  return {
    _id: name,
    name,
    "dist-tags": { [tag]: version },
    versions: {
      [version]: {
        ...manifest,
        _id: `${name}@${version}`,
        dist: {
          integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
          shasum: createHash("sha1").update(tarball).digest("hex"),
          tarball: `http://localhost/${name}/-/${file}`,
        },
      },
    },
    _attachments: {
      [file]: {
        content_type: "application/octet-stream",
        data: tarball.toString("base64"),
        length: tarball.length,
      },
    },
  };
}
