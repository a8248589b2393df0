import { parseArgs } from "node:util";
import { conditions } from "./cluster/machine.ts";
import { endProgramsOnSignal } from "./cluster/program.ts";
import { measureOverhead } from "./measure/overhead.ts";
import { measureScaling } from "./measure/scaling.ts";
import { measureSize } from "./measure/size.ts";

/**
 * Measures the scale-out stores: `npm run scale -- [nodes] [overhead] [size] --packages 100000 --seconds 6`; all three when none is named.
 * Prints the tables of docs/scale.md, with the conditions they were measured under. Asserts nothing: speed is not a test.
 */
const { values, positionals } = parseArgs({
  options: {
    packages: { type: "string", default: "100000" },
    seconds: { type: "string", default: "6" },
  },
  allowPositionals: true,
});

const measurements: Record<string, () => Promise<string>> = {
  nodes: async () => await measureScaling(Number(values.seconds)),
  overhead: measureOverhead,
  size: async () => await measureSize(Number(values.packages)),
};

endProgramsOnSignal();
for (const name of positionals) {
  if (measurements[name] === undefined) throw new Error(`there is no measurement ${name}`);
}
process.stdout.write(`${conditions()}\n\n`);
for (const [name, measure] of Object.entries(measurements)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  process.stdout.write(`${await measure()}\n`);
}
