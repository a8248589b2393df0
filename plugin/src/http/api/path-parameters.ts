/** What stands in for the parts of a path, by their names. */
export const PATH_PARAMETERS = {
  namespace: "Namespace, with or without its `@`: `acme`.",
  account: "Name of an account.",
  skill: "Name of the skill in its namespace: `legal-documents`.",
  version: "Number, dist-tag or range: `1.0.0`, `latest`, `^1`.",
  path: "Path of a file in the package, its slashes as they are: `references/guide.md`.",
  range: "Two versions, dist-tags or ranges with three dots in between: `1.0.0...1.1.0`.",
  trust: "Id of a trust.",
};

export type PathParameter = keyof typeof PATH_PARAMETERS;

/** Names of the `:parts` and the `*rest` of a route's path; one that is not described above is a mistake of ours. */
export function pathParameters(path: string): PathParameter[] {
  return Array.from(path.matchAll(/[:*](\w+)/g), ([, name = ""]) => {
    if (isPathParameter(name)) return name;
    throw new TypeError(`the part "${name}" of ${path} is not described in path-parameters.ts`);
  });
}

function isPathParameter(name: string): name is PathParameter {
  return Object.hasOwn(PATH_PARAMETERS, name);
}
