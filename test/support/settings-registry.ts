import { type FetchedPage, fetchPage, logIn, sendForm } from "./fetch-page.ts";
import { type NamespaceRegistry, OKTA, startNamespaces } from "./namespaces.ts";

/** Who stands where: `olga` owns the org @desk, `sam` its skill @desk/review; `zoe` is nobody there. */
const PEOPLE = ["olga", "max", "mia", "sam", "zoe"] as const;
type Person = (typeof PEOPLE)[number];

export const ORG_SETTINGS = "/namespaces/desk/settings";
export const SKILL_SETTINGS = "/skills/desk/review/settings";

/** An org with people in every role and one skill, and what they do in a browser. */
export interface SettingsRegistry extends NamespaceRegistry {
  /** Tokens of programs. */
  tokens: Record<Person, string>;
  see(path: string, who?: Person): Promise<FetchedPage>;
  /** Sends a form from one of our pages. */
  submit(path: string, fields: Record<string, string>, who?: Person): Promise<Sent>;
}

export interface Sent {
  status: number;
  location: string | null;
  html: string;
}

export async function startSettings(): Promise<SettingsRegistry> {
  const registry = await startNamespaces({ providers: [{ type: "local" }, OKTA], operators: ["zoe"] });
  const entries = await Promise.all(
    PEOPLE.map(async (person) => [person, await registry.account(person)] as const),
  );
  const tokens = Object.fromEntries(entries) as Record<Person, string>;
  const cookies = new Map<Person, string>();
  for (const person of PEOPLE) cookies.set(person, await logIn(registry, person));
  await registry.create(tokens.olga, "desk");
  await registry.ask(tokens.olga, ["PUT", "/desk/members/max", { role: "maintainer" }]);
  await registry.ask(tokens.olga, ["PUT", "/desk/members/mia", { role: "member" }]);
  await registry.publish(tokens.olga, "@desk/review");
  return {
    ...registry,
    tokens,
    see: async (path, who) => await fetchPage(registry, path, who && cookies.get(who)),
    submit: async (path, fields, who) => {
      const cookie = who && cookies.get(who);
      const answer = await sendForm(registry, path, { fields, ...(cookie === undefined ? {} : { cookie }) });
      return {
        status: answer.status,
        location: answer.headers.get("location"),
        html: await answer.text(),
      };
    },
  };
}
