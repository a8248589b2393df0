/** Characters that many fonts draw alike, or nearly; names have lower-case letters, digits and hyphens only. */
const ALIKE: [RegExp, string][] = [
  [/1/g, "l"],
  [/0/g, "o"],
  [/5/g, "s"],
  [/8/g, "b"],
  [/2/g, "z"],
  [/rn/g, "m"],
  [/vv/g, "w"],
  [/cl/g, "d"],
  // After "cl": "ci" is not drawn like "d".
  [/i/g, "l"],
];

/**
 * What is left of a namespace when everything that people overlook is taken away: case, hyphens and underscores, letters drawn
 * alike. Two names with the same skeleton are look-alikes. Stored with every name: a change of this needs a migration.
 */
export function skeleton(name: string): string {
  const bare = name.toLowerCase().replace(/[-_.]/g, "");
  return ALIKE.reduce((text, [alike, one]) => text.replace(alike, one), bare);
}
