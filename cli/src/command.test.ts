import { SkillsError } from "@skills-registry/schema";
import { describe, expect, test } from "vitest";
import { testWorld } from "../../test/support/cli.ts";
import { defineCommand } from "./command.ts";
import { createContext } from "./context.ts";

const greet = defineCommand({
  description: "Greets.",
  positional: { name: "who", required: true, many: false, description: "Whom" },
  options: {
    tone: { type: "string", choices: ["warm", "cold"], description: "How" },
    title: { type: "string", multiple: true, short: "t", description: "Titles" },
    loud: { type: "boolean", description: "Shout" },
  },
  examples: [],
  run: async (_, { args, options }) => ({ json: { args, options }, lines: [] }),
});

async function parsed(argv: string[]): Promise<unknown> {
  const { world } = testWorld();
  const outcome = await greet.parse(argv).run(createContext(world, { registry: undefined, json: false }));
  return outcome.json;
}

function usageMessage(argv: string[]): string {
  try {
    greet.parse(argv);
  } catch (error) {
    if (error instanceof SkillsError && error.code === "EUSAGE") return error.message;
  }
  throw new Error("was accepted");
}

describe("a command line", () => {
  test("gives typed options and arguments, repeated options as a list", async () => {
    const json = await parsed(["Ada", "--tone", "warm", "-t", "Dr", "--title", "Lady", "--loud"]);
    expect(json).toMatchObject({
      args: ["Ada"],
      options: { tone: "warm", title: ["Dr", "Lady"], loud: true },
    });
  });

  test.each([
    [["Ada", "--tome", "warm"], "unknown option --tome: did you mean --tone?"],
    [["Ada", "--xyzzy"], "unknown option --xyzzy"],
    [["Ada", "-x"], "Unknown option '-x'; what starts with - and is no option goes behind --"],
    [["Ada", "--tone", "blue"], '--tone is one of warm, cold, not "blue"'],
    [[], "a <who> is missing"],
    [["Ada", "Bob"], '"Bob" is one argument too many'],
  ])("refuses %j", (argv, message) => {
    expect(usageMessage(argv)).toBe(message);
  });

  test("refuses an option without its value", () => {
    expect(usageMessage(["Ada", "--tone"])).toContain("--tone");
  });

  test("shows help even where the arguments are wrong", () => {
    expect(greet.parse(["--help"]).help).toBe(true);
  });
});

describe("the registry address", () => {
  test.each(["ftp://example.test", "not a url", "https://user:secret@example.test/"])(
    "refuses %s",
    (registry) => {
      const { world } = testWorld();
      expect(() => createContext(world, { registry, json: false })).toThrow(SkillsError);
    },
  );

  test("comes from the flag before SKILLS_REGISTRY", () => {
    const { world } = testWorld({ env: { SKILLS_REGISTRY: "https://env.test" } });
    expect(createContext(world, { registry: "https://flag.test", json: false }).registry).toBe(
      "https://flag.test/",
    );
    expect(createContext(world, { registry: undefined, json: false }).registry).toBe("https://env.test/");
  });
});
