import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ErrorAnswer } from "../../schema/src/index.ts";
import { jsonOf } from "../support/json.ts";
import { WAYS } from "./deeds.ts";
import type { Asked, Way } from "./ways.ts";
import { type Arranged, type Org, startOrg } from "./people.ts";
import { DEEDS, type Outcome, ruled, type Sight, SIGHTS, WHO, type Who } from "./rule.ts";

/** What a refusal of each kind says to programs. */
const REFUSALS: Record<Exclude<Outcome, "ok">, string> = {
  login: "401 ENEEDAUTH",
  others: "403 ESKILLSCOPE",
  token: "403 EFORBIDDEN",
  absent: "404 ENOTFOUND",
};

interface Combination {
  who: Who;
  sight: Sight;
  way: Way;
  expected: string;
}

const combinations: Combination[] = WHO.flatMap((who) =>
  WAYS.flatMap((way) =>
    SIGHTS.filter((sight) => way.only === undefined || way.only === sight).map((sight) => {
      const outcome = ruled(who, way.deed, sight);
      return { who, sight, way, expected: outcome === "ok" ? "ok" : REFUSALS[outcome] };
    }),
  ),
);

/** Each is one test; of every door, verb and visibility in it the answer has to be the one that the rule gives. */
const cases = WHO.flatMap((who) => DEEDS.map((deed) => ({ who, deed })));

describe("who may do what, by the written rule, through every door:", () => {
  let org: Org;
  let shared: Record<Sight, Arranged>;

  beforeAll(async () => {
    org = await startOrg();
    shared = {
      public: await org.arrange("public"),
      restricted: await org.arrange("restricted"),
      missing: await org.arrange("missing"),
    };
  });
  afterAll(async () => await org[Symbol.asyncDispose]());

  /** What came of it, and for a skill that is "absent" what was said. */
  async function attempt({ who, sight, way, expected }: Combination): Promise<string> {
    const succeeds = expected === "ok";
    const arranged = way.spends && succeeds ? await org.arrange(sight) : shared[sight];
    const asked: Asked = { registry: org.registry, name: arranged.name, packument: await read(arranged) };
    const request = way.request(asked);
    const token = arranged.tokenOf(who);
    if (token !== undefined) request.headers.set("authorization", `Bearer ${token}`);
    const answer = await fetch(request);
    if (answer.status >= 400) return await refusal(answer, arranged.name);
    const body = await answer.text();
    return way.shows === undefined || way.shows(body, asked) ? "ok" : REFUSALS.absent;
  }

  async function read({ name, tokenOf }: Arranged): Promise<Asked["packument"]> {
    const token = tokenOf("an owner") ?? "";
    const answer = await org.registry.fetch(`/${name.replace("/", "%2f")}`, { token });
    return answer.status === 200 ? await jsonOf(answer) : undefined;
  }

  async function refusal(answer: Response, name: string): Promise<string> {
    const { code, detail }: ErrorAnswer = await jsonOf(answer);
    const outcome = `${answer.status} ${code}`;
    const isExpectedText = outcome !== REFUSALS.absent || detail === `there is no skill ${name}`;
    return isExpectedText ? outcome : `${outcome}: ${detail}`;
  }

  it.each(cases)("$who: $deed", async ({ who, deed }) => {
    const tried = combinations.filter(({ way, ...one }) => one.who === who && way.deed === deed);
    const actual: [string, string][] = [];
    for (const one of tried) actual.push([label(one), await attempt(one)]);
    expect(Object.fromEntries(actual)).toEqual(
      Object.fromEntries(tried.map((one) => [label(one), one.expected])),
    );
  });

  it("tries at least 200 combinations of account, visibility, verb and door", () => {
    expect(new Set(combinations.map((one) => `${one.who} ${label(one)}`)).size).toBe(combinations.length);
    expect(combinations.length).toBeGreaterThanOrEqual(200);
  });
});

function label({ sight, way }: Combination): string {
  return `${way.door}, ${way.verb}, ${sight}`;
}
