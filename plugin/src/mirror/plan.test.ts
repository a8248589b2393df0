import { generateKeyPairSync, hash, sign } from "node:crypto";
import { parsePackageName } from "@skills-registry/schema";
import { expect, it } from "vitest";
import { planNamespace, planSkill } from "./plan.ts";
import { proveSignatures } from "./prove-signatures.ts";
import { waitAfter } from "./schedule.ts";
import { toShown } from "./shown.ts";
import { nameInAddress, packumentDocument } from "./upstream-documents.ts";

it("a skill is copied when its number is another one, also a lower one, and is gone when it is not listed", () => {
  const known = [
    { name: "@acme/same", namespace: "acme", rev: "3" },
    { name: "@acme/restored", namespace: "acme", rev: "9" },
    { name: "@acme/gone", namespace: "acme", rev: "1" },
  ];
  const visibility = "public" as const;
  const listed = [
    { name: "@acme/same", rev: "3", visibility },
    { name: "@acme/restored", rev: "2", visibility },
    { name: "@acme/new", rev: "1", visibility },
  ];
  const { changed, gone } = planNamespace(listed, known);
  expect([changed.map(({ name }) => name), gone]).toEqual([["@acme/restored", "@acme/new"], ["@acme/gone"]]);
});

it.each([
  [0, 0, 0.5, 5 * 60_000],
  [1, 0, 0.5, 5 * 60_000],
  [3, 0, 0.5, 20 * 60_000],
  [50, 0, 0.5, 60 * 60_000],
  [0, 0, 0, 4.5 * 60_000],
  [0, 0, 1, 5.5 * 60_000],
  [0, 1200, 0.5, 20 * 60_000],
])(
  "after %i failures, asked to wait %i s, and with luck of %d, the next look is in %i ms",
  (failures, asked, luck, wait) => {
    expect(
      waitAfter({ everyMinutes: 5 }, { isIdle: false, failures, retryAfterSeconds: asked }, () => luck),
    ).toBe(wait);
  },
);

it.each([
  ["https://skills.example.com/@acme%2fx", "@acme/x"],
  ["/@acme/x", "@acme/x"],
  ["https://evil.example.com/@acme/x", "@acme/x"],
  ["/@acme/..%2f..%2fx", undefined],
  ["/skills/acme", undefined],
  ["https://[", undefined],
  [null, undefined],
])("an address that readers are sent on to, %s, names the skill %s", (location, name) => {
  expect(nameInAddress(location)).toBe(name);
});

/** As another registry sends it, with signatures that are not of these versions. */
function packumentOf(versions: number): { packument: unknown; publicKey: string; keyid: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const der = publicKey.export({ type: "spki", format: "der" });
  const keyid = `SHA256:${hash("sha256", der, "base64")}`;
  const sig = sign("sha256", Buffer.from("something else"), privateKey).toString("base64");
  const dist = {
    integrity: `sha512-${"A".repeat(86)}==`,
    signatures: Array.from({ length: 10 }, () => ({ keyid, sig })),
  };
  const numbers = Array.from({ length: versions }, (_, index) => `1.0.${index}`);
  const packument = {
    name: "@acme/flood",
    "dist-tags": {},
    versions: Object.fromEntries(
      numbers.map((version) => [
        version,
        { name: "@acme/flood", version, dist, _npmUser: { name: "a" }, skillReport: {} },
      ]),
    ),
    time: Object.fromEntries(numbers.map((version) => [version, "2026-01-01T00:00:00Z"])),
  };
  return { packument, publicKey: der.toString("base64"), keyid };
}

it("other work gets its turn while thousands of signatures that do not hold are verified, each key once for a version", async () => {
  const name = parsePackageName("@acme/flood");
  if (name === undefined) throw new Error("not a name");
  const { packument, ...key } = packumentOf(1_000);
  const shown = toShown(name, packumentDocument.parse(packument), { visibility: "public", withdrawn: [] });
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 1);
  const begun = performance.now();
  const proved = await proveSignatures([], shown, [key]);
  const took = performance.now() - begun;
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(10);
  expect(took).toBeLessThan(3_000);
  const { missing, refused } = planSkill([], shown, { url: "https://up.example.com", proved, refusals: [] });
  expect([missing.length, refused.length]).toEqual([0, 1_000]);
});

it("a packument with more versions or tags than anybody has is none", () => {
  const { packument } = packumentOf(10);
  const tags = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`t${index}`, "1.0.1"]));
  expect(packumentDocument.safeParse(packument).success).toBe(true);
  expect(packumentDocument.safeParse({ ...Object(packument), "dist-tags": tags }).success).toBe(false);
});
