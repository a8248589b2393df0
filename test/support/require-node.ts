/** The lowest Node that the packages run on here; the pin in package.json's optionalDependencies provides it. */
const REQUIRED_MAJOR = 24;

/** Fails the run when npm's scripts fell back to an older system Node (`npm ci --omit=optional`, an unpinned platform). */
export default function requireNode(): void {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < REQUIRED_MAJOR) {
    throw new Error(
      `tests need Node ${REQUIRED_MAJOR} or newer, this is ${process.versions.node}: run "npm ci" without --omit=optional, or install Node ${REQUIRED_MAJOR}`,
    );
  }
}
