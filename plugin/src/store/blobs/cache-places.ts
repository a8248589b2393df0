import { SkillsError } from "@skills-registry/schema";

/** Runs a piece of work when there is a place for it; throws ESTORAGE when too many wait, or one has waited too long. */
export type Places = <T>(work: () => Promise<T>) => Promise<T>;

export interface PlaceLimits {
  /** Pieces of work at a time. */
  places: number;
  /** Those that wait for a place. */
  waiting: number;
  /** How long one waits, milliseconds. */
  patienceMs: number;
}

/** Keeps a store that is slow from taking all of the node: what it cannot serve soon is refused at once. */
export function boundedPlaces({ places, waiting, patienceMs }: PlaceLimits): Places {
  const queue: (() => void)[] = [];
  let free = places;

  async function place(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (queue.length >= waiting) throw busy();
    await new Promise<void>((resolve, reject) => {
      const take = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(take), 1);
        reject(busy());
      }, patienceMs);
      queue.push(take);
    });
  }

  return async (work) => {
    await place();
    try {
      return await work();
    } finally {
      // A place is handed on, so that nobody takes it before those who wait.
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

function busy(): SkillsError {
  return new SkillsError("ESTORAGE", "the store of the tarballs does not keep up", {
    hint: "Try again in a moment.",
    cause: new Error("too many reads wait for the blob store"),
  });
}
