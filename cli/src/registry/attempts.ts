import { SilenceError, isPassing, reasonOf } from "./trouble.ts";

/** How a registry is waited for; times in ms. */
export interface Patience {
  /** Tries in all, 1 or more. */
  attempts: number;
  minPause: number;
  /** The pause between two tries grows by this. */
  factor: number;
  maxPause: number;
  /** Longest time without a byte. */
  silence: number;
  /** The same for a publish. */
  uploadSilence: number;
}

/** What is asked for. */
export interface Task {
  /** As a person knows it: `@acme/x`. No address: those of logins hold secrets. */
  label: string | undefined;
  /** False for a request that must not be sent twice. */
  repeatable: boolean;
  /** Longest time without a byte in ms. */
  silence: number;
}

/** For whom, and how patiently. */
interface Asker {
  signal: AbortSignal;
  patience: Patience;
  note(text: string): void;
}

/** One try: its signal ends it, and `heard` has to be called whenever something came. */
export interface Attempt {
  signal: AbortSignal;
  heard(): void;
}

/**
 * Tries until it works, as often as the asker's patience has it, where what went wrong may pass. Every further try is
 * announced with the reason. Settles at once when the asker's signal is aborted.
 */
export async function withAttempts<T>(
  task: Task,
  asker: Asker,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const { attempts } = asker.patience;
  for (let number = 1; ; number++) {
    try {
      return await attemptOnce(task, asker.signal, work);
    } catch (error) {
      asker.signal.throwIfAborted();
      if (number >= attempts || !task.repeatable || !isPassing(error)) throw error;
      const what = task.label === undefined ? "" : ` ${task.label}`;
      asker.note(`retrying${what}: ${reasonOf(error)} (attempt ${number + 1} of ${attempts})`);
      await pause(pauseAfter(number, asker.patience), asker.signal);
    }
  }
}

/** As npm's settings for it are meant. */
function pauseAfter(number: number, { minPause, factor, maxPause }: Patience): number {
  return Math.min(maxPause, minPause * factor ** (number - 1));
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  try {
    await unless(signal, promise);
  } finally {
    clearTimeout(timer);
  }
}

async function attemptOnce<T>(
  { silence }: Task,
  signal: AbortSignal,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(new SilenceError(silence)), silence);
  const ended = AbortSignal.any([signal, silent.signal]);
  try {
    return await unless(ended, work({ signal: ended, heard: () => void timer.refresh() }));
  } finally {
    clearTimeout(timer);
  }
}

/** Does not wait for the work to notice the signal: npm's fetch may not. */
function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
