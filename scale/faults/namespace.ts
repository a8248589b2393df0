import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * A network namespace with two cables to this machine: one for the database alone, which can be pulled, and one for everything else.
 */
export interface Namespace extends AsyncDisposable {
  /** Where this machine is reached from inside: for the database, and for the rest. */
  databaseHost: string;
  host: string;
  /** Where what listens inside is reached. */
  inside: string;
  /** What a program is started with to run inside. */
  within: string[];
  /** Packets of the database are lost from now on, without an answer. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Undefined where this user may not make one. Names hold the process id: several runs do not meet. */
export async function makeNamespace(): Promise<Namespace | undefined> {
  const id = process.pid % 60_000;
  const name = `skills-${id}`;
  // 10.x.y.0/29 of its own: two pairs of addresses.
  const net = `10.${200 + ((id >> 8) % 50)}.${id & 255}`;
  const cables = [
    { outer: `skd${id}`, inner: "database", outerIp: `${net}.1`, innerIp: `${net}.2` },
    { outer: `skr${id}`, inner: "rest", outerIp: `${net}.5`, innerIp: `${net}.6` },
  ];
  const [database, rest] = cables;
  if (database === undefined || rest === undefined) return undefined;
  try {
    await ip(`netns add ${name}`);
  } catch {
    return undefined;
  }
  await ip(`-n ${name} link set lo up`);
  for (const cable of cables) {
    await ip(`link add ${cable.outer} type veth peer name ${cable.inner} netns ${name}`);
    await ip(`addr add ${cable.outerIp}/30 dev ${cable.outer}`);
    await ip(`link set ${cable.outer} up`);
    await ip(`-n ${name} addr add ${cable.innerIp}/30 dev ${cable.inner}`);
    await ip(`-n ${name} link set ${cable.inner} up`);
  }
  return {
    databaseHost: database.outerIp,
    host: rest.outerIp,
    inside: rest.innerIp,
    within: ["ip", "netns", "exec", name],
    // This end goes down: the other one keeps its address and its route, and sends into nothing.
    cut: async () => await ip(`link set ${database.outer} down`),
    mend: async () => await ip(`link set ${database.outer} up`),
    [Symbol.asyncDispose]: async () => {
      // The cables go with it.
      await ip(`netns del ${name}`);
    },
  };
}

async function ip(words: string): Promise<void> {
  await run("ip", words.split(" "));
}
