import { describe } from "vitest";
import { describeAccess } from "./identity-access.ts";
import { describeAccounts } from "./identity-accounts.ts";
import { describeLogins } from "./identity-logins.ts";
import { describeMoves } from "./identity-moves.ts";
import { describeNamespaces } from "./identity-namespaces.ts";
import { describeTeams } from "./identity-teams.ts";
import { describeTokens } from "./identity-tokens.ts";
import type { OpenMetadata } from "./metadata.ts";

/** Who may do what. Registered by `describeMetadata`. */
export function describeIdentity(open: OpenMetadata): void {
  describe("accounts", () => {
    describeAccounts(open);
  });
  describe("tokens and trusts", () => {
    describeTokens(open);
  });
  describe("logins", () => {
    describeLogins(open);
  });
  describe("namespaces", () => {
    describeNamespaces(open);
  });
  describe("teams and owners", () => {
    describeTeams(open);
  });
  describe("renames and moves", () => {
    describeMoves(open);
  });
  describe("access", () => {
    describeAccess(open);
  });
}
