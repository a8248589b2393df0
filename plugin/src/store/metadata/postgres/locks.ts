/** Advisory locks by which nodes wait for each other, by their numbers. Other programs must not use the same database. */
export const LOCKS = {
  /** Exclusive for transactions without a scope, shared for all others. */
  everything: 1,
  /** The writer of the audit log, up to its commit. */
  audit: 2,
  /** The node that migrates. */
  migrations: 3,
  /** First number of the locks of scopes; the second one is the scope's hash. */
  scopes: 4,
} as const;
