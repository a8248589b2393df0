import { setTimeout as sleep } from "node:timers/promises";
import { type Attempt, newAttempt, send } from "./attempts.ts";
import { look } from "./look.ts";

const WRITERS = 4;
const READERS = 3;
/** After a refusal, as a client that tries again later. */
const PAUSE_MS = 50;
/** Readers look at what was published lately. */
const LATELY = 50;

export interface Target {
  /** Addresses of the nodes themselves, for readers. */
  nodes: string[];
  /** Where publishes go. */
  front: string;
  token: string;
}

/** Publishes and reads, until it is stopped, and what was wrong with the answers. */
export class Traffic {
  readonly attempts: Attempt[] = [];
  /** Publishes and reads that were not answered, or with an error: allowed while something is broken. */
  refused = 0;
  reads = 0;
  /** Answers that no fault excuses. */
  readonly wrong: string[] = [];
  readonly #target: Target;
  readonly #label: string;
  /** Rev that a reader has seen of each package. */
  readonly #seen = new Map<string, number>();
  readonly #loops: Promise<void>[];
  readonly #stopping = new AbortController();

  /** `label`: part of the names of everything that is published. */
  constructor(target: Target, label: string) {
    this.#target = target;
    this.#label = label;
    this.#loops = [
      ...Array.from({ length: WRITERS }, async (_value, writer) => await this.#write(writer)),
      ...Array.from({ length: READERS }, async (_value, reader) => await this.#read(reader)),
    ];
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops);
  }

  /** Half of the writers make packages, the others add versions to one that they share. */
  async #write(writer: number): Promise<void> {
    for (let serial = 0; !this.#stopping.signal.aborted; serial += 1) {
      const isShared = writer % 2 === 0;
      const name = isShared ? `@acme/shared-${this.#label}` : `@acme/${this.#label}-w${writer}-n${serial}`;
      const attempt = newAttempt(name, isShared ? `1.${writer}.${serial}` : "1.0.0");
      this.attempts.push(attempt);
      const status = await send(this.#target.front, this.#target.token, attempt);
      if (status === 201) continue;
      this.refused += 1;
      if (status >= 400 && status < 500) this.wrong.push(`${attempt.name}@${attempt.version}: ${status}`);
      await sleep(PAUSE_MS);
    }
  }

  async #read(reader: number): Promise<void> {
    const { nodes, token } = this.#target;
    for (let turn = reader; !this.#stopping.signal.aborted; turn += 1) {
      const acknowledged = this.attempts.filter((attempt) => attempt.acknowledged).slice(-LATELY);
      const attempt = acknowledged[Math.floor(Math.random() * acknowledged.length)];
      const node = nodes[turn % nodes.length];
      if (attempt === undefined || node === undefined) {
        await sleep(PAUSE_MS);
        continue;
      }
      this.reads += 1;
      const seen = await look({ node, token, attempt, rev: this.#highestRev(attempt.name) });
      if (seen === "refused") {
        this.refused += 1;
        await sleep(PAUSE_MS);
      } else if ("wrong" in seen) this.wrong.push(seen.wrong);
      else this.#seen.set(attempt.name, Math.max(seen.rev, this.#seen.get(attempt.name) ?? 0));
    }
  }

  /** That anybody has been told so far, by an answer to a publish or by a packument. */
  #highestRev(name: string): number {
    const told = this.attempts.filter((attempt) => attempt.name === name).map(({ rev }) => rev);
    return Math.max(this.#seen.get(name) ?? 0, ...told);
  }
}
