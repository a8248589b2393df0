import { describe, expect, it } from "vitest";
import { contextCost } from "./context-cost.ts";
import { skillTexts } from "./skill-texts.ts";

function skillFile(name: string, body: string): string {
  return `---\nname: ${name}\ndescription: About ${name}.\n---\n${body}`;
}

const letters = { path: "skills/letters", name: "letters", description: "About letters." };
const memos = { path: "skills/memos", name: "memos", description: "About memos." };

describe("the texts of a package", () => {
  it("are one for a single skill, also when its body looks like a second one", () => {
    const readme = skillFile("letters", `Body.\n\n${skillFile("memos", "Quoted.")}`);
    const { path: _path, ...skill } = letters;
    expect(skillTexts({ manifest: { skill }, readme })).toMatchObject([
      { path: "", name: "letters", text: readme, body: expect.stringContaining("Quoted.") },
    ]);
  });

  it("are taken apart again for a pack, at frontmatters and not at rules", () => {
    const first = skillFile(
      "letters",
      "Above.\n\n---\n\nBelow.\n\n---\nname: other\ndescription: x\n---\nEnd.\n",
    );
    const second = skillFile("memos", "Memos.\n");
    const texts = skillTexts({ manifest: { skills: [letters, memos] }, readme: `${first}\n\n${second}` });
    expect(texts.map(({ text }) => text)).toEqual([first, second]);
    expect(texts.map(({ body }) => body)[1]).toBe("Memos.\n");
  });

  it("lose nothing when a text cannot be found", () => {
    const readme = skillFile("letters", "Body.");
    const texts = skillTexts({ manifest: { skills: [letters, memos] }, readme });
    expect(texts.map(({ text }) => text)).toEqual([readme, ""]);
  });

  it.each([
    ["every line is a rule", "\n\n---\n".repeat(150_000)],
    ["rules stand far apart", `\n\n---\n${"x".repeat(15_000)}`.repeat(70)],
    ["there are many hostile frontmatters", `\n\n---\nname: [${"{a: ".repeat(2_000)}\n---\n`.repeat(120)],
  ])("are taken apart in bounded time when %s", (_case, body) => {
    const readme = skillFile("letters", body);
    const started = performance.now();
    expect(skillTexts({ manifest: { skills: [letters, memos] }, readme })).toHaveLength(2);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("cost what the agent reads: all descriptions always, the bodies when used", () => {
    const readme = skillFile("letters", "x".repeat(400));
    const { path: _path, ...skill } = letters;
    expect(contextCost(skillTexts({ manifest: { skill }, readme }))).toEqual({
      // "letters: About letters." has 23 characters.
      description: 6,
      body: 100,
    });
  });
});
