import { type Asked, get, npmPath, skillOf, ways, webPath } from "./ways.ts";

const nameIn = (body: string, { name }: Asked): boolean => body.includes(`"name":"${name}"`);
const linkIn = (body: string, asked: Asked): boolean => body.includes(`"/skills/${webPath(asked)}"`);

/** Every way to read a skill, and to find it in a list. */
export const reading = ways("read", [
  { door: "npm", verb: "packument", request: get((asked) => `/${npmPath(asked)}`) },
  { door: "npm", verb: "version", request: get((asked) => `/${npmPath(asked)}/1.0.0`) },
  { door: "npm", verb: "tarball", request: get((asked) => `/${asked.name}/-/${skillOf(asked)}-1.0.0.tgz`) },
  { door: "npm", verb: "tags", request: get((asked) => `/-/package/${npmPath(asked)}/dist-tags`) },
  { door: "npm", verb: "downloads", request: get((asked) => `/downloads/point/last-week/${npmPath(asked)}`) },
  {
    door: "npm",
    verb: "search",
    request: get((asked) => `/-/v1/search?text=${skillOf(asked)}`),
    shows: nameIn,
  },
  { door: "REST", verb: "card", request: get((asked) => `/api/skills/${webPath(asked)}`) },
  { door: "REST", verb: "version", request: get((asked) => `/api/skills/${webPath(asked)}/1.0.0`) },
  { door: "REST", verb: "files", request: get((asked) => `/api/skills/${webPath(asked)}/latest/files`) },
  {
    door: "REST",
    verb: "file",
    request: get((asked) => `/api/skills/${webPath(asked)}/1.0.0/files/SKILL.md`),
  },
  {
    door: "REST",
    verb: "diff",
    request: get((asked) => `/api/skills/${webPath(asked)}/diff/1.0.0...latest`),
  },
  { door: "REST", verb: "downloads", request: get((asked) => `/api/skills/${webPath(asked)}/downloads`) },
  { door: "REST", verb: "search", request: get((asked) => `/api/skills?q=${skillOf(asked)}`), shows: nameIn },
  {
    door: "REST",
    verb: "namespace",
    request: get(() => "/api/namespaces/acme"),
    shows: nameIn,
  },
  { door: "page", verb: "skill", request: get((asked) => `/skills/${webPath(asked)}`) },
  { door: "page", verb: "version", request: get((asked) => `/skills/${webPath(asked)}/v/1.0.0`) },
  { door: "page", verb: "versions", request: get((asked) => `/skills/${webPath(asked)}/versions`) },
  { door: "page", verb: "files", request: get((asked) => `/skills/${webPath(asked)}/v/1.0.0/files`) },
  { door: "page", verb: "file", request: get((asked) => `/skills/${webPath(asked)}/v/1.0.0/files/SKILL.md`) },
  { door: "page", verb: "search", request: get((asked) => `/search?q=${skillOf(asked)}`), shows: linkIn },
  { door: "page", verb: "namespace", request: get(() => "/skills/acme"), shows: linkIn },
]);
