import type { LockedPackage } from "./lockfile.ts";
import type { Wish } from "./project-schema.ts";

/** What people have asked for of a package, as the lock still knows it; any version for one that only others build on. */
export function lockedWish({ range = "*", only, skills }: LockedPackage): Wish {
  const renamed = Object.entries(skills).flatMap(([here, { from }]) =>
    from === undefined ? [] : [[from, here] as const],
  );
  return {
    range,
    ...(only === undefined ? {} : { skills: only }),
    ...(renamed.length === 0 ? {} : { as: Object.fromEntries(renamed) }),
  };
}
