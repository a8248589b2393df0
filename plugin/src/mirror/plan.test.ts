import { expect, it } from "vitest";
import { planNamespace } from "./plan.ts";
import { waitAfter } from "./schedule.ts";
import { nameInAddress } from "./upstream-documents.ts";

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
