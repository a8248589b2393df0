/** One page of every kind that the sample registry has, by a name for reports. */

const SKILL = "/skills/acme/contract-review";

/** For everybody. */
const PUBLIC: Record<string, string> = {
  home: "/",
  search: "/search?q=contract",
  facets: "/search?keyword=recipes&explain=1",
  nothing: "/search?q=nothing-like-this",
  skill: SKILL,
  deprecated: "/skills/acme/old-review",
  pack: "/skills/acme/office-pack",
  version: `${SKILL}/v/1.0.0`,
  versions: `${SKILL}/versions`,
  diff: `${SKILL}/diff/1.0.0...1.1.0`,
  files: `${SKILL}/v/1.1.0/files`,
  code: `${SKILL}/v/1.1.0/files/scripts/review.py`,
  markdown: `${SKILL}/v/1.1.0/files/SKILL.md`,
  picture: `${SKILL}/v/1.1.0/files/assets/parts.png`,
  namespace: "/skills/studio",
  login: "/login",
  register: "/register",
  api: "/api",
  "not-found": "/skills/acme/nothing",
};
/** For the operator, who has an account as everybody may have one. */
const OWN: Record<string, string> = {
  account: "/account",
  operator: "/operator",
  "skill-own": SKILL,
  "skill-settings": `${SKILL}/settings`,
  "restricted-settings": "/skills/legal-desk/intake/settings",
  "org-settings": "/namespaces/legal-desk/settings",
  "personal-settings": "/namespaces/acme/settings",
  "new-org": "/namespaces/new",
};

export interface PageAddress {
  name: string;
  path: string;
  /** Somebody has to be logged in to see it as it is meant. */
  own: boolean;
}

export const PAGES: PageAddress[] = [
  ...Object.entries(PUBLIC).map(([name, path]) => ({ name, path, own: false })),
  ...Object.entries(OWN).map(([name, path]) => ({ name, path, own: true })),
];
