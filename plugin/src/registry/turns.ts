/** Runs a piece of work when there is a place for it. */
export interface Turns {
  <T>(work: () => Promise<T>): Promise<T>;
  /** Pieces of work that are being done, and those that wait for a place. */
  load(): { running: number; waiting: number };
}

/** At most `places` pieces of work at a time; the others begin in the order they came. */
export function turns(places: number): Turns {
  const waiting: (() => void)[] = [];
  let free = places;
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
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
  const load: Turns["load"] = () => ({ running: places - free, waiting: waiting.length });
  return Object.assign(inTurn, { load });
}
