import { describe, expect, it } from "vitest";
import { checksummed, privateKey, secretTokens } from "../../test/support/secrets.ts";
import { findSecrets } from "./secrets.ts";

const MB = 1024 * 1024;

/** Parts are joined at run time, so that no scanner takes this file for a leak. */
const join = (...parts: string[]): string => parts.join("");

describe("findSecrets", () => {
  it.each(Object.entries(secretTokens))("finds a %s, and says only its fixed part", (_name, token) => {
    const [secret, ...others] = findSecrets(`KEY="${token}"\n`);
    expect(others).toEqual([]);
    expect(secret).toMatchObject({ kind: "token", offset: expect.any(Number) });
    expect(token).toContain(secret?.prefix);
    expect(secret?.prefix.length).toBeLessThan(token.length / 2 + 10);
    expect(JSON.stringify(secret)).not.toContain(token.slice(-12));
  });

  it.each(["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "PGP "])("finds a %sprivate key", (kind) => {
    expect(findSecrets(`text\n${privateKey(kind)}`)).toMatchObject([{ kind: "private-key", offset: 5 }]);
  });

  it("finds a private key in JSON, in indented YAML, and one that is cut off", () => {
    const key = privateKey();
    expect(findSecrets(JSON.stringify({ key }))).toHaveLength(1);
    expect(findSecrets(key.replaceAll(/^/gm, "      "))).toHaveLength(1);
    expect(findSecrets(key.slice(0, key.indexOf("-----END")))).toHaveLength(1);
  });

  it("finds a token behind an escaped line break, as JSON has it", () => {
    const text = JSON.stringify({ env: `A=b\n${checksummed("ghp_")}` });
    expect(findSecrets(text)).toMatchObject([{ label: "GitHub token" }]);
  });

  it("finds a private key with a made-up word in it by chance", () => {
    const key = privateKey("", `${"Qm7rT2vK".repeat(30)}yOurZx${"p4LkW9sN".repeat(20)}`);
    expect(findSecrets(key)).toHaveLength(1);
  });

  it.each([
    ["a published example of AWS", join("AKIA", "IOSFODNN7EXAMPLE")],
    [
      "a published example of AWS's secret",
      join("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY", "EXAMPLEKEY"),
    ],
    ["a token with a failing checksum", join("ghp_", checksummed("x").slice(1, -1), "!")],
    ["a token whose checksum is another's", checksummed("ghp_").replace(/.$/, "z")],
    ["a registry token whose checksum is another's", checksummed("skl_", 43).replace(/.{6}$/, "Wq3Zt8")],
    ["a repeated letter", join("ghp_", "x".repeat(36))],
    ["the alphabet", join("sk_live_", "abcdefghijklmnopqrstuvwxyz")],
    ["counting", join("sk_live_", "abc123def456ghi789jkl012mno345")],
    ["words", join("glpat-", "your-token-goes-here-ok")],
    ["a long dashed name", "sk-this-is-a-long-name-of-something-that-is-no-key-at-all"],
    ["a part of a longer word", join("task-ghp_", "short")],
    ["an expression that looks for tokens", "ghp_[A-Za-z0-9]{36}|AKIA[0-9A-Z]{16}|sk_live_[a-z]{24,}"],
    ["a private key block without body", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"],
    ["a private key block with dots", "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----"],
    [
      "a private key block that is cut short",
      "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg...\n-----END PRIVATE KEY-----",
    ],
    [
      "a private key block of one letter",
      `-----BEGIN PRIVATE KEY-----\n${"A".repeat(300)}\n-----END PRIVATE KEY-----`,
    ],
    ["a public key", privateKey().replaceAll("PRIVATE", "PUBLIC")],
    ["a certificate", privateKey().replaceAll("PRIVATE KEY", "CERTIFICATE")],
  ])("does not count %s", (_name, text) => {
    expect(findSecrets(text)).toEqual([]);
  });

  it("does not count a token inside a longer run of letters", () => {
    const token = checksummed("ghp_");
    expect(findSecrets(`x${token}`)).toEqual([]);
    expect(findSecrets(`${token}x`)).toEqual([]);
    expect(findSecrets(`(${token})`)).toHaveLength(1);
  });

  it.each([
    ["prefixes", "sk-ghp_AKIAglpat-xoxb-"],
    ["dashes", "sk-"],
    ["GitLab prefixes", "-glpat-"],
    ["key headers", "-----BEGIN PRIVATE KEY-----\n"],
    ["key headers with fields", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"],
    ["assignments", "aws_secret_access_key    "],
    ["one letter", "a"],
  ])("takes linear time on 2 MB of %s", (_name, unit) => {
    const text = unit.repeat(Math.ceil((2 * MB) / unit.length));
    const start = performance.now();
    expect(findSecrets(text)).toEqual([]);
    // Quadratic scanning would take minutes.
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});
