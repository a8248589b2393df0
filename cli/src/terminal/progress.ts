import type { Writable } from "node:stream";
import { escapeLine } from "./escape.ts";

/** How far a piece of work is. */
export interface Progress extends Disposable {
  /** One more is done; the item is shown until the next one. */
  tick(item: string): void;
  /** Takes the line away; `using` does the same. */
  end(): void;
}

/** The line at the foot of a terminal that tells of the work under way. */
export interface ProgressLine {
  start(label: string, total: number): Progress;
  /** Writes above the line. */
  above(text: string): void;
  /** Takes the line away while somebody is asked something; the function that it returns brings it back. */
  pause(): () => void;
}

/** What the line is written on. */
export interface ProgressTerminal {
  stream: Writable;
  /** Width; undefined when it is no terminal, or one that cannot rewrite a line: nothing is shown then. */
  columns(): number | undefined;
  clock: Clock;
}

export interface Clock {
  /** Calls back after this many ms, unless it is cancelled by the function that comes back. */
  after(milliseconds: number, work: () => void): () => void;
}

/** Work that is done within this many ms shows nothing: a line that flashes up is noise. */
const PATIENCE = 1_000;

const CLEAR = "\r\u001b[K";

export const SYSTEM_CLOCK: Clock = {
  after: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

/** What is on the terminal is the newest piece of work that has not ended. */
export function progressLine(terminal: ProgressTerminal): ProgressLine {
  const running: Running[] = [];
  const screen = { shown: false, pauses: 0 };
  const clear = (): void => {
    if (screen.shown) terminal.stream.write(CLEAR);
    screen.shown = false;
  };
  const draw = (): void => {
    const columns = terminal.columns();
    const current = running.findLast(({ isDue }) => isDue);
    if (columns === undefined || current === undefined || screen.pauses > 0) return clear();
    terminal.stream.write(`${CLEAR}${cut(textOf(current), columns)}`);
    screen.shown = true;
  };
  return {
    start: (label, total) => {
      const work: Running = { label, total, done: 0, item: "", isDue: false };
      running.push(work);
      const cancel = terminal.clock.after(PATIENCE, () => {
        work.isDue = true;
        draw();
      });
      const end = (): void => {
        cancel();
        if (running.includes(work)) running.splice(running.indexOf(work), 1);
        draw();
      };
      const tick = (item: string): void => {
        Object.assign(work, { item, done: work.done + 1 });
        draw();
      };
      return { tick, end, [Symbol.dispose]: end };
    },
    above: (text) => {
      clear();
      terminal.stream.write(text);
      draw();
    },
    pause: () => {
      screen.pauses += 1;
      draw();
      return () => {
        screen.pauses -= 1;
        draw();
      };
    },
  };
}

interface Running {
  label: string;
  total: number;
  done: number;
  item: string;
  isDue: boolean;
}

function textOf({ label, total, done, item }: Running): string {
  return escapeLine(`${label} ${done} of ${total}${item === "" ? "" : `  ${item}`}`);
}

/** One column is left free: a terminal that is full to the last one may go to the next line. */
function cut(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}
