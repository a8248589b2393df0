import { publishBody } from "../support/publish-body.ts";
import { buildSkill } from "../support/skill.ts";
import { reading } from "./reads.ts";
import { type Asked, get, npmPath, send, type Way, ways, webPath } from "./ways.ts";

const liking = ways("like", [
  {
    door: "npm",
    verb: "star",
    request: send(
      "PUT",
      (asked) => `/${npmPath(asked)}`,
      () => ({ users: {} }),
    ),
  },
  {
    door: "REST",
    verb: "like",
    request: send(
      "PUT",
      (asked) => `/api/skills/${webPath(asked)}/like`,
      () => ({}),
    ),
  },
  {
    door: "REST",
    verb: "unlike",
    request: send(
      "DELETE",
      (asked) => `/api/skills/${webPath(asked)}/like`,
      () => ({}),
    ),
  },
  {
    door: "page",
    verb: "like",
    request: (asked) =>
      new Request(`${asked.registry.url}/skills/${webPath(asked)}/like`, {
        method: "POST",
        body: new URLSearchParams({ liked: "yes" }),
        headers: { origin: asked.registry.url },
        redirect: "manual",
      }),
  },
]);

const publishing = ways("publish", [
  {
    door: "npm",
    verb: "publish",
    spends: true,
    request: send(
      "PUT",
      (asked) => `/${npmPath(asked)}`,
      ({ name }) => publishBody({ name, version: "2.0.0" }),
    ),
  },
  {
    door: "REST",
    verb: "upload",
    spends: true,
    request: (asked) =>
      new Request(`${asked.registry.url}/api/skills/${webPath(asked)}`, {
        method: "POST",
        body: new Uint8Array(buildSkill({ name: asked.name, version: "3.0.0" }).tarball),
        headers: { "content-type": "application/gzip" },
      }),
  },
]);

const changing = ways("change", [
  {
    door: "npm",
    verb: "deprecate",
    spends: true,
    request: send("PUT", (asked) => `/${npmPath(asked)}`, deprecated),
  },
  {
    door: "npm",
    verb: "dist-tag add",
    spends: true,
    request: send(
      "PUT",
      (asked) => `/-/package/${npmPath(asked)}/dist-tags/beta`,
      () => "1.0.0",
    ),
  },
  {
    door: "npm",
    verb: "dist-tag rm",
    spends: true,
    request: send(
      "DELETE",
      (asked) => `/-/package/${npmPath(asked)}/dist-tags/latest`,
      () => ({}),
    ),
  },
  {
    door: "npm",
    verb: "unpublish",
    spends: true,
    request: send(
      "DELETE",
      (asked) => `/${npmPath(asked)}/-rev/${revOf(asked)}`,
      () => ({}),
    ),
  },
]);

const administering = ways("administer", [
  {
    door: "npm",
    verb: "access set",
    spends: true,
    request: send(
      "POST",
      (asked) => `/-/package/${npmPath(asked)}/access`,
      () => ({ access: "restricted" }),
    ),
  },
  {
    door: "npm",
    verb: "owner add",
    spends: true,
    request: send(
      "PUT",
      (asked) => `/${npmPath(asked)}/-rev/${revOf(asked)}`,
      () => ({ maintainers: [{ name: "acme" }, { name: "steve" }] }),
    ),
  },
]);

/** Of a skill that is yet to be published, too: its first version may come from CI. */
const trusting = ways("trust", [
  { door: "REST", verb: "trust list", request: get((asked) => `/api/skills/${webPath(asked)}/trust`) },
]);

const meeting = ways("people", [
  {
    door: "npm",
    verb: "access list collaborators",
    request: get((asked) => `/-/package/${npmPath(asked)}/collaborators`),
  },
]);

const governing = ways("govern", [
  {
    door: "npm",
    verb: "access grant",
    only: "public",
    spends: true,
    request: send(
      "PUT",
      () => "/-/team/acme/spare/package",
      ({ name }) => ({
        package: name,
        permissions: "read-only",
      }),
    ),
  },
  {
    door: "npm",
    verb: "access revoke",
    only: "public",
    spends: true,
    request: send(
      "DELETE",
      () => "/-/team/acme/spare/package",
      ({ name }) => ({ package: name }),
    ),
  },
  {
    door: "REST",
    verb: "trust list of the org",
    only: "public",
    request: get(() => "/api/namespaces/acme/trust"),
  },
  {
    door: "npm",
    verb: "org set",
    only: "public",
    spends: true,
    request: send(
      "PUT",
      () => "/-/org/acme/user",
      () => ({ user: "nora", role: "developer" }),
    ),
  },
]);

export const WAYS: Way[] = [
  ...reading,
  ...liking,
  ...publishing,
  ...changing,
  ...administering,
  ...trusting,
  ...meeting,
  ...governing,
];

function revOf({ packument }: Asked): string {
  return packument?._rev ?? "1";
}

/** As npm sends it: the packument that was read, changed. */
function deprecated({ name, packument }: Asked): unknown {
  if (packument === undefined) return { _rev: "1", name, versions: {} };
  const versions = Object.entries(Object(packument["versions"])).map(([version, document]) => [
    version,
    { ...Object(document), deprecated: "use another" },
  ]);
  return { ...packument, versions: Object.fromEntries(versions) };
}
