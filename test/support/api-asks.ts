import { packageTarball } from "./skill.ts";

export interface Ask {
  /** `{trust}` stands for the first trust that there is. */
  path: string;
  /** With the token of the owner. */
  loggedIn?: boolean;
  init?: RequestInit;
  status: number;
}

const archive = packageTarball({
  "SKILL.md": "---\nname: uploaded\ndescription: Sent as an archive.\nlicense: MIT\n---\nBody.\n",
});
const archiveOf = (bytes: Uint8Array): RequestInit => ({
  body: Buffer.from(bytes),
  headers: { "content-type": "application/gzip" },
});
const installed: RequestInit = { body: "{}", headers: { "content-type": "application/json" } };

const json = (body: unknown): RequestInit => ({
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});
const trusting = json({ issuer: "github", repositoryId: "424242", workflow: "publish.yml" });

const SETTINGS = "/api/namespaces/agency/settings";
const LAWYERS = { provider: "okta", group: "lawyers", role: "member" };

/** One request of every operation that it answers, and one that it refuses, in the order of the operations: some need what others have made. */
export const ASKS: Record<string, [good: Ask, bad: Ask]> = {
  searchSkills: [
    { path: "/api/skills?q=letters&facets=true&explain=true&limit=5", status: 200 },
    { path: "/api/skills?limit=0", status: 400 },
  ],
  getSkill: [
    { path: "/api/skills/acme/letters", loggedIn: true, status: 200 },
    { path: "/api/skills/acme/nothing", status: 404 },
  ],
  getVersion: [
    { path: "/api/skills/acme/letters/1.0.0", status: 200 },
    { path: "/api/skills/acme/letters/9.9.9", status: 404 },
  ],
  listFiles: [
    { path: "/api/skills/acme/letters/latest/files", status: 200 },
    { path: "/api/skills/acme/letters/nope/files", status: 404 },
  ],
  readFile: [
    { path: "/api/skills/acme/letters/1.1.0/files/references/guide.md", status: 200 },
    { path: "/api/skills/acme/letters/1.1.0/files/references/none.md", status: 404 },
  ],
  diffVersions: [
    { path: "/api/skills/acme/letters/diff/1.0.0...1.1.0", status: 200 },
    { path: "/api/skills/acme/letters/diff/1.0.0", status: 400 },
  ],
  getDownloads: [
    { path: "/api/skills/acme/letters/downloads?range=last-week", status: 200 },
    { path: "/api/skills/acme/letters/downloads?range=for-ever", status: 400 },
  ],
  reportInstall: [
    { path: "/api/skills/acme/letters/1.0.0/installs", init: installed, status: 204 },
    { path: "/api/skills/acme/letters/9.9.9/installs", init: installed, status: 404 },
  ],
  likeSkill: [
    { path: "/api/skills/acme/letters/like", loggedIn: true, status: 200 },
    { path: "/api/skills/acme/letters/like", status: 401 },
  ],
  unlikeSkill: [
    { path: "/api/skills/acme/letters/like", loggedIn: true, status: 200 },
    { path: "/api/skills/acme/letters/like", status: 401 },
  ],
  listSkillTrusts: [
    { path: "/api/skills/acme/letters/trust", loggedIn: true, status: 200 },
    { path: "/api/skills/acme/letters/trust", status: 401 },
  ],
  addSkillTrust: [
    { path: "/api/skills/acme/letters/trust", loggedIn: true, init: trusting, status: 201 },
    { path: "/api/skills/acme/letters/trust", loggedIn: true, status: 400 },
  ],
  removeSkillTrust: [
    { path: "/api/skills/acme/letters/trust/{trust}", loggedIn: true, status: 204 },
    { path: "/api/skills/acme/letters/trust/none", loggedIn: true, status: 404 },
  ],
  listNamespaceTrusts: [
    { path: "/api/namespaces/acme/trust", loggedIn: true, status: 200 },
    { path: "/api/namespaces/nobody/trust", loggedIn: true, status: 403 },
  ],
  addNamespaceTrust: [
    { path: "/api/namespaces/@acme/trust", loggedIn: true, init: trusting, status: 201 },
    { path: "/api/namespaces/acme/trust", init: trusting, status: 401 },
  ],
  removeNamespaceTrust: [
    { path: "/api/namespaces/acme/trust/{trust}", loggedIn: true, status: 204 },
    { path: "/api/namespaces/acme/trust/none", loggedIn: true, status: 404 },
  ],
  uploadSkill: [
    { path: "/api/skills/acme/uploaded", loggedIn: true, init: archiveOf(archive), status: 201 },
    {
      path: "/api/skills/acme/other-name",
      loggedIn: true,
      init: archiveOf(packageTarball({ "README.md": "No skill." })),
      status: 422,
    },
  ],
  getNamespace: [
    { path: "/api/namespaces/acme", status: 200 },
    { path: "/api/namespaces/nobody", status: 404 },
  ],
  listRevisions: [
    { path: "/api/namespaces/acme/revisions", status: 200 },
    { path: "/api/namespaces/acme/revisions?cursor=wrong", status: 400 },
  ],
  listNamespaces: [
    { path: "/api/namespaces", loggedIn: true, status: 200 },
    { path: "/api/namespaces", status: 401 },
  ],
  createNamespace: [
    { path: "/api/namespaces", loggedIn: true, init: json({ name: "studio" }), status: 201 },
    { path: "/api/namespaces", loggedIn: true, init: json({ name: "studio" }), status: 409 },
  ],
  getNamespaceSettings: [
    { path: "/api/namespaces/agency/settings", loggedIn: true, status: 200 },
    { path: "/api/namespaces/agency/settings", status: 401 },
  ],
  changeNamespaceSettings: [
    { path: SETTINGS, loggedIn: true, init: json({ visibility: "restricted" }), status: 200 },
    { path: SETTINGS, loggedIn: true, init: json({ visibility: "hidden" }), status: 400 },
  ],
  listMembers: [
    { path: "/api/namespaces/@agency/members", loggedIn: true, status: 200 },
    { path: "/api/namespaces/agency/members", status: 401 },
  ],
  setMember: [
    {
      path: "/api/namespaces/agency/members/ada",
      loggedIn: true,
      init: json({ role: "owner" }),
      status: 200,
    },
    {
      path: "/api/namespaces/agency/members/none",
      loggedIn: true,
      init: json({ role: "owner" }),
      status: 404,
    },
  ],
  removeMember: [
    { path: "/api/namespaces/agency/members/ada", loggedIn: true, status: 200 },
    { path: "/api/namespaces/agency/members/acme", loggedIn: true, status: 409 },
  ],
  listGroupRoles: [
    { path: "/api/namespaces/agency/groups", loggedIn: true, status: 200 },
    { path: "/api/namespaces/agency/groups", status: 401 },
  ],
  setGroupRole: [
    { path: "/api/namespaces/agency/groups", loggedIn: true, init: json(LAWYERS), status: 200 },
    {
      path: "/api/namespaces/agency/groups",
      loggedIn: true,
      init: json({ ...LAWYERS, role: "boss" }),
      status: 400,
    },
  ],
  renameNamespace: [
    { path: "/api/namespaces/studio/rename", loggedIn: true, init: json({ to: "workshop" }), status: 200 },
    { path: "/api/namespaces/agency/rename", loggedIn: true, init: json({ to: "acme" }), status: 409 },
  ],
  transferNamespace: [
    { path: "/api/namespaces/workshop/transfer", loggedIn: true, init: json({ to: "ada" }), status: 200 },
    { path: "/api/namespaces/workshop/transfer", loggedIn: true, init: json({ to: "ada" }), status: 403 },
  ],
  moveSkill: [
    {
      path: "/api/namespaces/acme/move",
      loggedIn: true,
      init: json({ skill: "office", to: "agency" }),
      status: 200,
    },
    {
      path: "/api/namespaces/acme/move",
      loggedIn: true,
      init: json({ skill: "office", to: "agency" }),
      status: 404,
    },
  ],
  listAudit: [
    { path: "/api/audit?namespace=acme", loggedIn: true, status: 200 },
    { path: "/api/audit?namespace=acme", status: 401 },
  ],
  getStats: [
    { path: "/api/stats", status: 200 },
    { path: "/api/stats?since=ever", status: 400 },
  ],
  getOpenApi: [
    { path: "/api/openapi.json", status: 200 },
    { path: "/api/openapi.json?version=2", status: 400 },
  ],
};
