import type { Entry } from "@skills-registry/schema/basics";

/** One skill as it lies on the disk, with paths below its folder. */
interface Placed {
  name: string;
  files: readonly Entry[];
}

/** Skills that lie side by side, with the paths that they would have in a package: at the top, or below `skills/<name>`. */
export function placedEntries(skills: readonly Placed[]): Entry[] {
  const [only] = skills;
  if (only !== undefined && skills.length === 1) return [...only.files];
  return skills.flatMap(({ name, files }) =>
    files.map((file) => ({ ...file, path: `skills/${name}/${file.path}` })),
  );
}
