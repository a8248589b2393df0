import { describe, expect, it } from "vitest";
import { COMMANDS } from "./commands.ts";
import { readCommandLine, wordsOf } from "./find-command.ts";
import { helpText } from "./help.ts";

describe("the command line", () => {
  it.each(COMMANDS)("finds $usage by its words, and has help for it", (command) => {
    const words = wordsOf(command);
    expect(readCommandLine([...words, "--help"]).command).toBe(command);
    expect(helpText(command)).toContain(command.summary);
    expect(helpText(undefined)).toContain(command.usage);
  });

  it("names the arguments as the usage does, and takes options anywhere", () => {
    const line = readCommandLine(["admin", "--data", "x", "role", "acme", "ada", "--json", "owner"]);
    expect(line.args).toEqual({ namespace: "acme", account: "ada", role: "owner" });
    expect(line.options).toEqual({ data: "x" });
    expect(line.flags).toEqual(new Set(["json"]));
  });

  it("is the server without a command", () => {
    expect(readCommandLine(["--port", "0"])).toMatchObject({ command: undefined, options: { port: "0" } });
  });

  it.each([
    [["admin"], "unknown command: admin; skills-registry --help lists them"],
    [["admin", "lok", "a"], "unknown command: admin lok a"],
    [["audits"], "unknown command or argument: audits"],
    [["admin", "lock"], "<account> is missing: skills-registry admin lock <account>"],
    [["admin", "lock", "a", "b"], "unknown command or argument: b"],
    [["admin", "lock", "a", "--reason", "x"], "--reason: admin lock has no such option"],
    [["reindex", "--port", "3"], "--port: reindex has no such option"],
    [["--json"], "--json: the server has no such option"],
    [["admin", "quarantine", "@acme/x@1.0.0"], "--reason is missing"],
  ])("refuses %j: %s", (argv, message) => {
    expect(() => readCommandLine(argv)).toThrow(message);
  });
});
