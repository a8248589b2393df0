/** Runs a piece of work when there is a place for it. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `places` pieces of work at a time; the others begin in the order they came. */
export function turns(places: number): Turns {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // A place is handed on, so that nobody takes it before those who wait.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
