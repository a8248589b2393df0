import { dirSync } from "tmp";

/** A folder of its own for one test, gone with all content at the end of the block: `using folder = temporaryFolder()`. */
export function temporaryFolder(): Disposable & { path: string } {
  const folder = dirSync({ unsafeCleanup: true });
  return { path: folder.name, [Symbol.dispose]: folder.removeCallback };
}
