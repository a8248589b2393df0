import { describe, expect, it } from "vitest";
import type { Trust } from "../../store/identity.ts";
import type { VerifiedRun } from "./id-tokens.ts";
import { misfits } from "./matching.ts";

const claims = { repository_id: "1", repository: "acme/skills" };
const trust: Trust = {
  id: "t",
  subject: "@acme",
  issuer: "ci",
  claims,
  createdBy: "acme",
  createdAt: "2026-01-01T00:00:00.000Z",
};

function runOf(type: VerifiedRun["type"]): VerifiedRun {
  return {
    issuer: "ci",
    type,
    jti: "j",
    expiresAt: "2026-01-01T00:00:00.000Z",
    claims: { ...claims, repository: "acme/renamed" },
    provenance: {
      issuer: "ci",
      publisher: "The CI",
      repository: null,
      commit: null,
      ref: null,
      workflow: null,
      environment: null,
      run: null,
    },
  };
}

describe("a trust", () => {
  it("knows a repository of GitHub by its number, whatever it is called", () => {
    expect(misfits(trust, runOf("github"))).toEqual([]);
  });

  it("asks every claim of an issuer whose claims nobody knows", () => {
    expect(misfits(trust, runOf("other"))).toEqual(["repository"]);
  });
});
