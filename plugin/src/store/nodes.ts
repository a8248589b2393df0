import type { RateLimiterAbstract } from "rate-limiter-flexible";

/**
 * What the nodes of one registry share beside its metadata. All of it may be lost at any time without harm to anything published:
 * some uses are counted twice then, and guessers begin anew.
 */
export interface Nodes {
  /** Exact over all nodes; each call is a question to what they share. Names are from a small, fixed set. */
  limiter(limit: Limit): Limiter;
  /** Counted on this node at once, and of the others a second later: for what is asked too often to share each count. */
  looseLimiter(limit: Limit): LooseLimiter;
  /**
   * Of these uses (hashes of client, skill and version, see registry/download-clients.ts) those that no node has brought for this hour
   * of the clock. What is older than the last hour is forgotten.
   */
  firstUses(hour: number, hashes: string[]): Promise<Set<string>>;
  /** The salt of the hashes of this hour, the same on all nodes, and thrown away after it. */
  clientSalt(hour: number): Promise<string>;
  /**
   * Work that only one node may do at a time: undefined while another one holds the lease, else what ends it. A lease ends by itself after
   * `seconds`, for a node that died.
   */
  lease(name: string, seconds: number): Promise<Lease | undefined>;
  /** The value of this name that all nodes keep to: that of whoever said it first. It is the one thing here that lasts. */
  agree(name: string, value: string): Promise<string>;
  /** The time, the same on all nodes to some milliseconds. */
  now(): Date;
  /** False for one process with stores of its own: there is nobody to share with. */
  readonly shared: boolean;
  close(): Promise<void>;
}

/** What is used of the library's limiters: `consume` rejects with a RateLimiterRes where nothing is left. */
export type Limiter = Pick<
  RateLimiterAbstract,
  "points" | "duration" | "consume" | "penalty" | "reward" | "delete"
>;

export type LooseLimiter = Pick<Limiter, "points" | "consume">;

export interface Limit {
  /** Tells the keys of one limiter from those of another. */
  name: string;
  points: number;
  seconds: number;
}

export interface Lease {
  /** Holds it for so long from now; false when another node has taken it meanwhile. */
  extend(seconds: number): Promise<boolean>;
  end(): Promise<void>;
}
