/** What went wrong with another registry, in our words: nothing that it said is in the message. */
export class UpstreamError extends Error {
  /** It cannot be asked anything else for now: a round ends here. Otherwise the fault is that of one answer. */
  readonly isAway: boolean;
  /** What it asked us to wait; null when it did not say. */
  readonly retryAfterSeconds: number | null;

  constructor(message: string, { isAway = false, retryAfterSeconds = null, cause }: UpstreamFault = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.isAway = isAway;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface UpstreamFault {
  isAway?: boolean;
  retryAfterSeconds?: number | null;
  cause?: unknown;
}
