/** One member of a package: a file or folder, or something that is not allowed but has to be reported. */
export interface Entry {
  /** Path below the package root, `/`-separated, without a leading `package/`. */
  path: string;
  type: "file" | "directory" | "symlink" | "other";
  /** Permission bits, as `0o644`. */
  mode: number;
  /** Bytes of a file; empty for everything else. */
  data: Uint8Array;
}
