import { type FaultPoint, runAt } from "../support/faulty-store.ts";
import { acme, openDomain, publishSample, whenArmed } from "../support/publishing.ts";

/**
 * A process that publishes one version and kills itself at one place of it:
 * `publish-once.ts <dir> <version> <operation> <before|after>`.
 * Prints "201" and the number of operations when it lives to see the publish acknowledged.
 */
const [dir = "", version = "", operation = "", moment = ""] = process.argv.slice(2);
const point: FaultPoint = { operation: Number(operation), moment: moment === "before" ? "before" : "after" };
const plan = whenArmed(runAt(point, () => process.kill(process.pid, "SIGKILL")));

const registry = await openDomain(dir, plan);
const caller = await acme(registry);
await registry.swept;
plan.arm();
await publishSample(registry, caller, version);
process.stdout.write(`201 ${plan.operations.length}`);
await registry.close();
