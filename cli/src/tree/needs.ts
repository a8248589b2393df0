import type { PlaceState } from "../install/state.ts";

/** One package asks for another, or skills.json does. */
export interface Need {
  /** What is asked for. */
  name: string;
  range: string;
}

/** What a place wants and what is installed there, as a graph of who needs whom. */
export interface Needs {
  /** What skills.json asks for, sorted by name. */
  wishes: Need[];
  /** What an installed package builds on, sorted by name; nothing for one that is not installed. */
  of(name: string): Need[];
  /** Every package that is wanted, or that a wanted one builds on, whether it is installed or not. */
  reached: ReadonlySet<string>;
}

/** Reads who needs whom from the two files of a place. Cycles are allowed. */
export function needsIn({ project, lock }: Pick<PlaceState, "project" | "lock">): Needs {
  const wishes = sortedNeeds(Object.entries(project.skills).map(([name, { range }]) => ({ name, range })));
  const of = (name: string): Need[] =>
    sortedNeeds(Object.entries(lock[name]?.dependencies ?? {}).map(([on, range]) => ({ name: on, range })));
  const reached = new Set<string>();
  const open = wishes.map(({ name }) => name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...of(name).map((need) => need.name));
  }
  return { wishes, of, reached };
}

function sortedNeeds(needs: Need[]): Need[] {
  return needs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
