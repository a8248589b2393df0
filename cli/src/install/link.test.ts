import { cp, lstat, mkdir, readFile, readlink, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeScratch, type Scratch } from "../../../test/support/cli.ts";
import { linkOrCopy, type Link, type LinkSystem } from "./link.ts";

/** A canonical skill, and the staging folder of an agent beside the place of its link. */
async function layOut(scratch: Scratch): Promise<{ link: Link; copy: (staged: string) => Promise<void> }> {
  await scratch.write("project", { ".agents/skills/x/SKILL.md": "one" });
  const target = join(scratch.project, ".agents/skills/x");
  const folder = join(scratch.project, ".claude/skills");
  await mkdir(join(folder, ".staging"), { recursive: true });
  const link = { target, path: join(folder, "x"), staged: join(folder, ".staging/new-x") };
  return { link, copy: (staged) => cp(target, staged, { recursive: true }) };
}

/** A system whose links fail with this code. */
function refusing(code: string, platform: NodeJS.Platform = "linux"): LinkSystem {
  const refusal = Object.assign(new Error(`${code}: no links here`), { code });
  return { platform, symlink: () => Promise.reject(refusal) };
}

async function noCopy(): Promise<void> {
  throw new Error("copied where a link was possible");
}

describe("a link to a skill", () => {
  test("is relative to where it is going to stand, and leads to the skill from there", async () => {
    await using scratch = await makeScratch();
    const { link } = await layOut(scratch);
    expect(await linkOrCopy(link, noCopy)).toBe("link");
    await rename(link.staged, link.path);
    expect(await readlink(link.path)).toBe("../../.agents/skills/x");
    expect(await readFile(join(link.path, "SKILL.md"), "utf8")).toBe("one");
  });

  test("leads to the skill from an agent's folder that is itself a link", async () => {
    await using scratch = await makeScratch();
    await scratch.write("project", { "shared/claude/README.md": "" });
    await symlink("shared/claude", join(scratch.project, ".claude"));
    const { link } = await layOut(scratch);
    await linkOrCopy(link, noCopy);
    await rename(link.staged, link.path);
    expect(await readFile(join(link.path, "SKILL.md"), "utf8")).toBe("one");
  });

  test("is a junction with an absolute target on Windows", async () => {
    await using scratch = await makeScratch();
    const { link } = await layOut(scratch);
    const made: unknown[] = [];
    const system: LinkSystem = {
      platform: "win32",
      symlink: async (...link) => void made.push(link),
    };
    expect(await linkOrCopy(link, noCopy, system)).toBe("link");
    expect(made).toEqual([[link.target, link.staged, "junction"]]);
  });

  test.each([
    ["EPERM", "linux"],
    ["ENOTSUP", "linux"],
    ["EACCES", "darwin"],
    ["EPERM", "win32"],
    ["EISDIR", "win32"],
  ] as const)("becomes a copy where the file system answers %s on %s", async (code, platform) => {
    await using scratch = await makeScratch();
    const { link, copy } = await layOut(scratch);
    expect(await linkOrCopy(link, copy, refusing(code, platform))).toBe("copy");
    expect((await lstat(link.staged)).isDirectory()).toBe(true);
    expect(await readFile(join(link.staged, "SKILL.md"), "utf8")).toBe("one");
  });

  test("fails where a full disk is the reason", async () => {
    await using scratch = await makeScratch();
    const { link } = await layOut(scratch);
    await expect(linkOrCopy(link, noCopy, refusing("ENOSPC"))).rejects.toThrow("ENOSPC");
  });
});
