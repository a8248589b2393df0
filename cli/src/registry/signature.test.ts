import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { PublishedVersion, SigningKey } from "./registry.ts";
import { verifySignatures } from "./signature.ts";

const INTEGRITY = "sha512-AAAA";
const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });

function key(fields: Partial<SigningKey> = {}): SigningKey {
  return {
    keyid: "SHA256:one",
    expires: null,
    pem: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
    ...fields,
  };
}

function version(signed: string, privateKey: KeyObject = pair.privateKey): PublishedVersion {
  const sig = sign("sha256", Buffer.from(signed), privateKey).toString("base64");
  const dist = {
    tarball: "https://host.test/x.tgz",
    integrity: INTEGRITY,
    signatures: [{ keyid: "SHA256:one", sig }],
  };
  return { name: "@acme/x", version: "1.0.0", dependencies: {}, dist };
}

const good = version(`@acme/x@1.0.0:${INTEGRITY}`);
const PUBLISHED = "2026-05-01T00:00:00.000Z";

test("a good signature holds", () => {
  expect(() => verifySignatures(good, [key()], PUBLISHED)).not.toThrow();
});

test("a key that expired after the publish still counts", () => {
  expect(() =>
    verifySignatures(good, [key({ expires: "2026-06-01T00:00:00.000Z" })], PUBLISHED),
  ).not.toThrow();
});

describe("a version is refused", () => {
  const stranger = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const unsigned = { ...good, dist: { ...good.dist, signatures: [] } };
  const twice = {
    ...good,
    dist: { ...good.dist, signatures: [...good.dist.signatures, { keyid: "SHA256:one", sig: "AAAA" }] },
  };
  test.each([
    ["without a signature", unsigned, [key()], "is not signed"],
    ["signed for another version", version(`@acme/x@1.0.1:${INTEGRITY}`), [key()], "does not hold"],
    ["signed for other bytes", version("@acme/x@1.0.0:sha512-BBBB"), [key()], "does not hold"],
    [
      "signed by a stranger",
      version(`@acme/x@1.0.0:${INTEGRITY}`, stranger.privateKey),
      [key()],
      "does not hold",
    ],
    ["with a second, bad signature", twice, [key()], "does not hold"],
    ["signed with an unknown key", good, [key({ keyid: "SHA256:two" })], "no key of its registry"],
    [
      "signed with a key that had expired",
      good,
      [key({ expires: "2026-04-01T00:00:00.000Z" })],
      "had expired",
    ],
    ["signed with a key that is none", good, [key({ pem: "nonsense" })], "does not hold"],
  ])("%s", (_, what, keys, message) => {
    expect(() => verifySignatures(what, keys, PUBLISHED)).toThrow(
      expect.objectContaining({ code: "ESIGNATURE", message: expect.stringContaining(message) }),
    );
  });

  test("without a time, when its key expires at all", () => {
    expect(() => verifySignatures(good, [key({ expires: "2030-01-01T00:00:00.000Z" })], undefined)).toThrow(
      "had expired",
    );
  });
});
