import type { IssueRule } from "./issue-rule.ts";

/** Rules on the bytes of the tarball and on the names, types and sizes of what is in it. */
export const ARCHIVE_ISSUES = {
  "archive.gzip": {
    severity: "error",
    summary: "The tarball is one intact gzip member without optional header fields.",
    fix: "Pack with npm pack, npm publish or skills publish.",
  },
  "archive.zip": {
    severity: "error",
    summary:
      "An uploaded .zip is intact and plain: one directory that agrees with the files, stored or deflated, not encrypted, no ZIP64.",
    fix: "Pack it again, with zip -r or the archiver of your system.",
  },
  "archive.trailing": {
    severity: "error",
    summary:
      "Nothing follows the gzip member: readers disagree on a second member and on other bytes after the end.",
    fix: "Pack with npm pack, npm publish or skills publish.",
  },
  "archive.header": {
    severity: "error",
    summary:
      "Every tar header is plain ustar, with a right checksum, octal numbers and nothing hidden behind a NUL byte.",
    fix: "Pack with npm pack, npm publish or skills publish.",
  },
  "archive.pax": {
    severity: "error",
    summary:
      "A PAX header holds only path, mtime, size equal to the tar header's, and hdrcharset=BINARY, and describes the next entry.",
    fix: "Pack with npm pack, npm publish or skills publish.",
  },
  "archive.type": {
    severity: "error",
    summary: "Entries are files and folders: no devices, FIFOs, global headers or GNU extensions.",
    fix: "Remove the entry, and pack with npm publish or skills publish.",
  },
  "archive.link": {
    severity: "error",
    summary: "Symbolic and hard links are not published: they can point outside the skill.",
    fix: "Replace the link by a copy of the file.",
  },
  "archive.end": {
    severity: "error",
    summary: "The archive ends with two zero blocks, and only zeros follow.",
    fix: "The archive is cut off or was appended to: pack it again.",
  },
  "archive.root": {
    severity: "error",
    summary:
      "Every entry lies under the one folder package/: clients strip the first folder and would merge a second one over it.",
    fix: "Pack with npm pack, npm publish or skills publish.",
  },
  "archive.mode": {
    severity: "error",
    summary: "Files have mode 644 or 755 and folders 755: no setuid, nothing that others may write.",
    fix: "Run chmod 644 on it (755 for folders and scripts), then pack again.",
  },
  "archive.limit.tarball": {
    severity: "error",
    summary: "The tarball is at most 10 MB.",
    fix: "Leave large files out, or link to them.",
  },
  "archive.limit.unpacked": {
    severity: "error",
    summary: "All files together are at most 50 MB.",
    fix: "Leave large files out, or link to them.",
  },
  "archive.limit.ratio": {
    severity: "error",
    summary: "The tarball unpacks to at most 200 times its size.",
    fix: "Leave out files that are mostly one repeated byte.",
  },
  "archive.limit.entries": {
    severity: "error",
    summary: "There are at most 2,000 files and folders.",
    fix: "Leave generated files out, with .npmignore or the files list in package.json.",
  },
  "archive.limit.file": {
    severity: "error",
    summary: "A file is at most 20 MB.",
    fix: "Leave the file out, or link to it.",
  },
  "archive.path.encoding": {
    severity: "error",
    summary: "Paths are valid UTF-8.",
    fix: "Rename the file.",
  },
  "archive.path.traversal": {
    severity: "error",
    summary: "Paths have no empty, . or .. segments.",
    fix: "Move the file into the skill's folder.",
  },
  "archive.path.absolute": {
    severity: "error",
    summary: "Paths are relative: no leading slash, no drive letter.",
    fix: "Move the file into the skill's folder.",
  },
  "archive.path.backslash": {
    severity: "error",
    summary: "Paths have no backslash: it separates folders on Windows only.",
    fix: "Rename the file.",
  },
  "archive.path.characters": {
    severity: "error",
    summary: "Paths have no control, format or private-use characters, which hide or reorder text.",
    fix: "Rename the file.",
  },
  "archive.path.normalization": {
    severity: "error",
    summary: "Paths are in Unicode normal form C, so that a name has one spelling on every file system.",
    fix: "Rename the file; on macOS, type the name anew.",
  },
  "archive.path.windows": {
    severity: "error",
    summary: 'Names can exist on Windows: none of < > : " | ? *, no CON or AUX, no dot or space at the end.',
    fix: "Rename the file.",
  },
  "archive.path.length": {
    severity: "error",
    summary: "Paths have at most 240 bytes.",
    fix: "Use shorter names.",
  },
  "archive.path.depth": {
    severity: "error",
    summary: "Paths have at most 12 segments.",
    fix: "Use fewer folders.",
  },
  "archive.duplicate": {
    severity: "error",
    summary: "A path occurs once: clients would keep the last and reviewers read the first.",
    fix: "Pack with npm pack, npm publish or skills publish.",
  },
  "archive.clash": {
    severity: "error",
    summary: "No two paths are equal on a file system that ignores case or Unicode form.",
    fix: "Rename one of the two.",
  },
  "archive.file-folder": {
    severity: "error",
    summary: "No path is both a file and a folder.",
    fix: "Rename one of the two.",
  },
  "archive.dotfile": {
    severity: "error",
    summary:
      "Names that begin with a dot are left out, because tools obey them (.git, .claude, .vscode, .github, …); .gitignore, .gitattributes, .gitkeep, .keep, .npmignore, .editorconfig and .env.example are fine.",
    fix: "Leave it out, with .npmignore or the files list in package.json.",
  },
  "archive.env": {
    severity: "error",
    summary: "No .env files, which hold secrets; .env.example, .env.sample and .env.template are fine.",
    fix: "Leave it out, and publish a .env.example without values.",
  },
  "archive.npmrc": {
    severity: "error",
    summary: "No .npmrc: it holds tokens, and it redirects npm.",
    fix: "Leave it out.",
  },
  "archive.node-modules": {
    severity: "error",
    summary: "No node_modules folders: dependencies come from the registry.",
    fix: "Leave it out.",
  },
  "archive.gyp": {
    severity: "error",
    summary: "No binding.gyp: npm compiles and runs it at install time.",
    fix: "Leave it out; a skill runs nothing when it is installed.",
  },
  "archive.executable": {
    severity: "warning",
    summary: "Only files under scripts/ are executable.",
    fix: "Move it to scripts/, or run chmod 644 on it.",
  },
} as const satisfies Record<string, IssueRule>;
