import { spawnSync } from "node:child_process";
import { chmod, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { completedCommands } from "../../cli/src/completion/model.ts";
import { loadCommands } from "../../cli/src/commands/index.ts";
import { makeScratch, runCli, type CliResult, type Scratch } from "../support/cli.ts";

const MAIN = join(import.meta.dirname, "../../cli/src/main.ts");

/** A lockfile of strangers, with names that a shell must never obey. */
const LOCK = {
  lockfileVersion: 2,
  packages: {
    "@acme/pdf": { skills: { pdf: {} } },
    "@acme/legal": { skills: { "legal-documents": {} } },
    "$(touch hacked)": { skills: { "`touch hacked`": {}, "a;touch hacked": {}, "*": {} } },
  },
};

let scratch: Scratch;
beforeAll(async () => {
  scratch = await makeScratch();
  const bin = await scratch.write("bin", {
    skills: `#!/bin/sh\nexec '${process.execPath}' --conditions=source '${MAIN}' "$@"\n`,
  });
  await chmod(join(bin, "skills"), 0o755);
  await scratch.write("project", { "skills.lock": JSON.stringify(LOCK) });
  await scratch.write("home", {
    ".agents/skills.lock": JSON.stringify({ packages: { "@acme/everywhere": {} } }),
  });
  for (const shell of ["bash", "zsh", "fish"])
    await writeFile(join(bin, `completion.${shell}`), (await skills(["completion", shell])).stdout);
});
afterAll(async () => await scratch[Symbol.asyncDispose]());

function skills(args: string[], env: Record<string, string> = {}): Promise<CliResult> {
  return runCli(args, { cwd: scratch.project, home: scratch.home, env });
}

function inShell(shell: string, args: string[]): string {
  const bin = join(scratch.home, "../bin");
  const env = { PATH: `${bin}:${process.env["PATH"]}`, HOME: scratch.home };
  const { stdout, stderr } = spawnSync(shell, args, { cwd: scratch.project, env, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout;
}

function script(shell: string): string {
  return join(scratch.home, "../bin", `completion.${shell}`);
}

/** False for a shell that is not on this machine; CI has all of them. */
function has(shell: string): boolean {
  return process.env["SKILLS_REQUIRE_SHELLS"] !== undefined || spawnSync(shell, ["-c", ":"]).status === 0;
}

/** What bash offers in the place of the word that the line ends with. */
function bashOffers(line: string): string[] {
  const program = `source "$1"; COMP_LINE=$2 COMP_POINT=\${#2}; COMP_WORDBREAKS=$' \\t\\n"\\'@><=;|&(:'; _skills; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return inShell("bash", ["-c", program, "bash", script("bash"), line])
    .split("\n")
    .filter((word) => word !== "");
}

describe("completion in bash", () => {
  test.each([
    ["skills compl", ["completion"]],
    ["skills unin", ["uninstall"]],
    ["skills help whoa", ["whoami"]],
    ["skills add --off", ["--offline"]],
    ["skills add --agent curs", ["cursor"]],
    ["skills add -a curs", ["cursor"]],
    ["skills search --sort rel", ["relevance"]],
    ["skills completion ", ["bash", "zsh", "fish"]],
    ["skills nonsense ", []],
    ["skills add ", []],
  ])("of %j offers %j", (line, words) => {
    expect(bashOffers(line)).toEqual(words);
  });

  test.each([
    ["skills remove p", ["pdf"]],
    ["skills rm leg", ["legal-documents"]],
    // What stands before @ and = is another word to bash.
    ["skills remove @acme/p", ["acme/pdf"]],
    ["skills add --agent=curs", ["cursor"]],
    ["skills remove --global @acme/", ["acme/everywhere"]],
  ])("of %j offers what is installed, or the rest of it: %j", (line, words) => {
    expect(bashOffers(line)).toEqual(words);
  });

  test("obeys nothing that stands in a lockfile", async () => {
    expect(bashOffers("skills remove ")).toEqual(["@acme/legal", "@acme/pdf", "legal-documents", "pdf"]);
    expect(await readdir(scratch.project)).toEqual(["skills.lock"]);
  });

  test("offers every command with all of its options", async () => {
    const lines = Object.entries(await loadCommands()).map(([name, command]) => {
      const options = Object.keys({ ...command.options, ...command.commonOptions });
      return [name, options.map((option) => `--${option}`)] as const;
    });
    const program = `source "$1"; shift; for line; do COMP_LINE=$line COMP_POINT=\${#line}; _skills; echo "\${COMPREPLY[*]}"; done`;
    const typed = lines.map(([name]) => `skills ${name} --`);
    const offered = inShell("bash", ["-c", program, "bash", script("bash"), ...typed])
      .trimEnd()
      .split("\n");
    expect(offered).toEqual(lines.map(([, options]) => options.join(" ")));
  });
});

describe.runIf(has("fish"))("completion in fish", () => {
  test.each([
    ["skills compl", "completion\tHave your shell complete commands, options and skills\n"],
    ["skills add --off", "--offline\tUse what is in the cache, and no network\n"],
    ["skills remove @acme/p", "@acme/pdf\n"],
    ["skills remove --global @", "@acme/everywhere\n"],
    ["skills search --sort rel", /^relevance\t/],
    ["skills completion z", "zsh\n"],
  ])("of %j offers %j", (line, words) => {
    const program = `source '${script("fish")}'; complete -C '${line}'`;
    expect(inShell("fish", ["--no-config", "-c", program])).toMatch(words);
  });
});

describe.runIf(has("zsh"))("completion in zsh", () => {
  test("is set up by the script", () => {
    const program = `autoload -U compinit; compinit -D -u; source '${script("zsh")}'; print $_comps[skills]`;
    expect(inShell("zsh", ["-f", "-c", program])).toBe("_skills\n");
  });

  test("describes commands, options and arguments in zsh's own form", () => {
    // What _arguments is given stands for what it would offer: that takes a terminal.
    const program = `
      compdef() { : }; source '${script("zsh")}'
      _arguments() { print -rl -- "$@"; state=rest }
      words=(remove @acme/p); _skills`;
    const given = inShell("zsh", ["-f", "-c", program]).split("\n");
    expect(given).toContain("*:argument:_skills_installed");
    expect(given).toContain(
      "--registry=[Registry to talk to, above SKILLS_REGISTRY and .npmrc]:value:_files",
    );
    expect(given).toContain("(--help -h)-h[Show this help]");
  });
});

describe("skills completion", () => {
  test("takes the shell of the user when none is named", async () => {
    const { stdout } = await skills(["completion"], { SHELL: "/usr/bin/fish" });
    expect(stdout).toBe((await skills(["completion", "fish"])).stdout);
  });

  test.each([
    [["completion"], {}, "name the shell: bash, zsh, fish"],
    [["completion"], { SHELL: "/bin/csh" }, "name the shell: bash, zsh, fish"],
    [["completion", "csh"], {}, '<shell> is one of bash, zsh, fish, not "csh"'],
  ])("%j with %j is a usage error", async (args, env, message) => {
    const { code, stderr } = await skills(args, env);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  test("gives every option that is one of several words these words", async () => {
    const commands = await loadCommands();
    for (const { names, options } of await completedCommands()) {
      for (const { name, value } of options) {
        const spec = { ...commands[names[0] ?? ""]?.options, ...commands[names[0] ?? ""]?.commonOptions }[
          name
        ];
        if (spec?.choices !== undefined) expect(value).toEqual(spec.choices);
        else expect(value === false).toBe(spec?.type === "boolean");
      }
    }
  });

  test.each(["", "{", "[]", '{"packages": 5}', '{"packages": {"@a/b": null}}'])(
    "asked for what is installed by a lockfile that is %j says what it can",
    async (text) => {
      await using other = await makeScratch();
      await other.write("project", { "skills.lock": text });
      const result = await runCli(["completion", "--installed"], { cwd: other.project, home: other.home });
      expect(result).toEqual({ code: 0, stdout: text.includes("@a/b") ? "@a/b\n" : "", stderr: "" });
    },
  );
});
