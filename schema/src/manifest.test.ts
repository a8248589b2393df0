import { describe, expect, it } from "vitest";
import { SKILL_FIELDS, skillJsonSchema } from "./manifest.ts";

describe("skillJsonSchema", () => {
  it("is JSON Schema 2020-12 with the bounds of the specification", () => {
    expect(skillJsonSchema()).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      required: ["name", "description"],
      properties: {
        name: { type: "string", maxLength: 64, pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" },
        description: { type: "string", minLength: 1, maxLength: 1_024 },
        compatibility: { type: "string", minLength: 1, maxLength: 500 },
        metadata: { type: "object", additionalProperties: { type: "string" } },
      },
      additionalProperties: {},
    });
  });

  it("describes every field", () => {
    const { properties } = skillJsonSchema();
    for (const field of SKILL_FIELDS) {
      expect(properties).toHaveProperty([field, "description"], expect.stringMatching(/\.$/));
    }
  });
});
