/** Lines for operators from where no logger of the host is at hand. */
export interface Log {
  /** Something needs attention; the registry goes on. `fields` hold no secrets. */
  warn(text: string, fields?: Record<string, string | number>): void;
  /** From now on lines go there; those that came before are given at once. */
  attach(sink: LogSink): void;
}

export type LogSink = (text: string, fields: Record<string, string | number>) => void;

/** Lines that are kept for a sink. The host makes its logger after the registry is open. */
const EARLY_MAX = 100;

export function openLog(): Log {
  const early: Parameters<LogSink>[] = [];
  let write: LogSink = (...line) => {
    if (early.length < EARLY_MAX) early.push(line);
  };
  return {
    warn: (text, fields = {}) => write(text, fields),
    attach(sink) {
      write = sink;
      for (const line of early.splice(0)) sink(...line);
    },
  };
}
