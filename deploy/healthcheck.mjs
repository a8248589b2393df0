// Asks the address it is given; ends with 0 when the answer is good, within the time of a health check.
const TIMEOUT_MS = 4_000;

const healthy = await fetch(process.argv[2], { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
  (answer) => answer.ok,
  () => false,
);
process.exit(healthy ? 0 : 1);
