import { describe, expect, it } from "vitest";
import { clientFilter, type Use } from "./download-clients.ts";

const NPM = "npm/11.2.0 node/v24.1.0 linux x64 workspaces/false";
const NOW = new Date("2026-03-01T10:00:00.000Z");

function use(changes: Partial<Use> = {}): Use {
  return { packageId: 1, version: "1.0.0", address: "10.0.0.1", userAgent: NPM, ...changes };
}

/** Whether each of the uses counts, one after the other. */
function firsts(uses: Partial<Use>[], now = NOW): boolean[] {
  const clients = clientFilter();
  return uses.map((changes) => clients.isFirst("download", use(changes), now));
}

describe("clientFilter", () => {
  it("counts a client once for each version", () => {
    const uses = [{}, {}, { version: "1.1.0" }, { packageId: 2 }, { version: "1.1.0" }, {}];
    expect(firsts(uses)).toEqual([true, false, true, true, false, false]);
  });

  it("tells clients apart by address and by user agent", () => {
    const uses = [{}, { address: "10.0.0.2" }, { userAgent: "pnpm/10.1.0 npm/? node/v24.1.0 linux x64" }, {}];
    expect(firsts(uses)).toEqual([true, true, true, false]);
  });

  it("counts the same client again in the next hour, not before", () => {
    const clients = clientFilter();
    const at = (time: string): boolean => clients.isFirst("download", use(), new Date(`2026-03-01T${time}Z`));
    expect(["10:00:00.000", "10:59:59.999", "11:00:00.000", "11:30:00.000"].map(at)).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("counts downloads and installs apart", () => {
    const clients = clientFilter();
    expect(["download", "install", "install"].map((kind) => clients.isFirst(kind, use(), NOW))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it.each([
    "Googlebot/2.1 (+http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "curl/8.14.1",
    "python-requests/2.32",
    "not-npm/1.0 crawler",
  ])("takes %s for a robot, and all robots for one client", (userAgent) => {
    const uses = [
      { userAgent: "Bytespider", address: "10.0.0.9" },
      { userAgent },
      { userAgent, version: "2.0.0" },
    ];
    expect(firsts(uses)).toEqual([true, false, true]);
  });

  it.each([
    NPM,
    "skills/0.1.0",
    "pnpm/10.1.0 npm/? node/v24.1.0 linux x64",
    "yarn/1.22.22 npm/? node/v24.1.0 linux x64",
    "Bun/1.2.0",
    "Deno/2.1.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "",
  ])("takes %j for the client of a person", (userAgent) => {
    const uses = [
      { userAgent: "Bytespider", address: "10.0.0.9" },
      { userAgent },
      { userAgent, address: "10.0.0.2" },
    ];
    expect(firsts(uses)).toEqual([true, true, true]);
  });

  it("takes a network of IPv6 addresses for one client, for one machine can use all of it", () => {
    const addresses = [
      "2001:db8::1",
      "2001:db8::ffff:1",
      "2001:db8:0:0:1:2:3:4",
      "2001:db8:0:1::1",
      "::1",
      "::2",
    ];
    expect(firsts(addresses.map((address) => ({ address })))).toEqual([
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it("counts no more than 20 user agents of one address for a version", () => {
    const agents = Array.from({ length: 40 }, (_, index) => ({ userAgent: `npm/11.0.${index}` }));
    expect(
      firsts([...agents, { userAgent: "npm/11.9.0", address: "10.0.0.2" }]).filter(Boolean),
    ).toHaveLength(21);
  });

  it("looks at the beginning of a user agent only", () => {
    const userAgent = `npm/11.0.0 ${"x".repeat(16_000)}`;
    expect(firsts([{ userAgent: `${userAgent}a` }, { userAgent: `${userAgent}b` }])).toEqual([true, false]);
  });

  it("forgets all clients when there are too many, and goes on counting", () => {
    const clients = clientFilter();
    const count = 150_000;
    let counted = 0;
    for (let index = 0; index < count; index += 1) {
      counted += Number(
        clients.isFirst(
          "download",
          use({ address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` }),
          NOW,
        ),
      );
    }
    expect(counted).toBe(count);
    expect(clients.isFirst("download", use({ address: "10.0.0.0" }), NOW)).toBe(true);
  });
});
