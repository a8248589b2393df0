import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createContext } from "../../cli/src/context.ts";
import { openBrowser } from "../../cli/src/terminal/browser.ts";
import { run } from "../../cli/src/run.ts";
import { makeScratch, skillText, testWorld } from "../support/cli.ts";
import { startProxy } from "../support/proxy.ts";
import { publishSkill, startTeam, type Team } from "../support/team.ts";

/** A stand-in for the system's opener that writes down what it is called with. */
const OPENER = '#!/bin/sh\nprintf "%s\\n" "$#" "$1" > "$OPENED"\n';

async function startLibrary(): Promise<Team> {
  const team = await startTeam();
  await publishSkill(team, { name: "x", version: "1.0.0", files: { "SKILL.md": skillText("x") } });
  return team;
}

describe("skills open", () => {
  test("only prints the address where there is no terminal", async () => {
    await using team = await startLibrary();
    const page = `${team.registry.url}/skills/acme/x`;
    expect(await team.skills(["open", "@acme/x"])).toEqual({ code: 0, stdout: `${page}\n`, stderr: "" });
    expect(await team.json(["open", "@acme/x@^1"])).toEqual({
      name: "@acme/x",
      version: "1.0.0",
      page: `${page}/v/1.0.0`,
    });
    expect((await team.registry.fetch("/skills/acme/x/v/1.0.0")).status).toBe(200);
  });

  test.runIf(process.platform === "linux")("opens it in the browser of a person", async () => {
    await using team = await startLibrary();
    const bin = await team.write("bin", { "xdg-open": OPENER });
    await chmod(join(bin, "xdg-open"), 0o755);
    const opened = join(bin, "opened");
    const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, OPENED: opened };
    const { world, stdout, stderr } = testWorld({ cwd: team.project, home: team.home, env });
    const streams = { ...world.streams, interactive: true };
    expect(await run(["open", "@acme/x"], { ...world, streams })).toBe(0);
    const page = `${team.registry.url}/skills/acme/x`;
    expect({ stdout: stdout(), stderr: stderr() }).toEqual({ stdout: `${page}\n`, stderr: "" });
    expect(await readFile(opened, "utf8")).toBe(`1\n${page}\n`);
  });

  test("says when there is no browser, and prints the address all the same", async () => {
    await using team = await startLibrary();
    const { world, stdout, stderr } = testWorld({
      cwd: team.project,
      home: team.home,
      env: { PATH: "/nowhere" },
    });
    const streams = { ...world.streams, interactive: true };
    expect(await run(["open", "@acme/x"], { ...world, streams })).toBe(0);
    expect(stdout()).toBe(`${team.registry.url}/skills/acme/x\n`);
    expect(stderr()).toContain("no browser could be opened");
  });

  test("fails for a skill that is not there, and for a registry without pages", async () => {
    await using team = await startLibrary();
    expect((await team.skills(["open", "@acme/nothing"])).stderr).toContain("error ENOTFOUND");
    await using npmOnly = await startProxy(team.registry, { absent: "/api/" });
    const result = await team.skills(["open", "@acme/x", "--registry", npmOnly.url]);
    expect(result.stderr).toContain("has no pages of skills");
  });
});

describe("the browser", () => {
  test.runIf(process.platform === "linux")("gets an address that no shell has read", async () => {
    await using scratch = await makeScratch();
    const bin = await scratch.write("bin", { "xdg-open": OPENER });
    await chmod(join(bin, "xdg-open"), 0o755);
    const opened = join(bin, "opened");
    const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, OPENED: opened };
    const address = `http://127.0.0.1/$(touch ${bin}/owned);'"&x=\`id\`|y`;
    expect(await openBrowser({ env }, address)).toBe(true);
    expect(await readFile(opened, "utf8")).toBe(`1\n${address}\n`);
    await expect(readFile(join(bin, "owned"))).rejects.toThrow("ENOENT");
  });

  test.each(["file:///etc/passwd", "calc.exe", "--help", "javascript:alert(1)"])(
    "is never given %s",
    async (address) => {
      const { env } = createContext(testWorld().world, { registry: undefined, json: false });
      await expect(openBrowser({ env }, address)).rejects.toMatchObject({ code: "EUSAGE" });
    },
  );
});
