import { COMMANDS, isCommandName, loadCommand, withoutAlias } from "./commands/index.ts";
import type { Outcome } from "./command.ts";
import type { World } from "./world.ts";
import { commandHelp, overviewHelp } from "./help.ts";

/**
 * Runs one command line and resolves to its exit code: 0 done, 1 failed, 2 called wrongly, 130 interrupted.
 * Never rejects. What is not needed for the overview is loaded after it.
 */
export async function run(argv: string[], world: World): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    world.streams.stdout.write(`${overviewHelp()}\n`);
    return 0;
  }
  if (name === "completion" && rest[0] === "--installed")
    return printInstalled(rest.includes("--global"), world);
  try {
    return name === "help"
      ? await runNamed(rest[0] ?? "", ["--help"], world)
      : await runNamed(name, rest, world);
  } catch (error) {
    return fail(error, argv.includes("--json"), world);
  }
}

async function runNamed(word: string, rest: string[], world: World): Promise<number> {
  const [name, ...argv] = withoutAlias([word, ...rest]);
  if (!isCommandName(name)) throw await unknownCommand(word);
  const command = await loadCommand(name);
  const parsed = command.parse(argv);
  if (parsed.help) {
    world.streams.stdout.write(`${commandHelp(name, command)}\n`);
    return 0;
  }
  const { createContext } = await import("./context.ts");
  const context = createContext(world, parsed);
  try {
    return await finish(await parsed.run(context), parsed.json, world);
  } finally {
    await context.settle();
  }
}

/** What the scripts of `skills completion` ask at a press of Tab. */
async function printInstalled(global: boolean, world: World): Promise<number> {
  const { installedNames } = await import("./completion/installed.ts");
  world.streams.stdout.write((await installedNames(world, global)).map((name) => `${name}\n`).join(""));
  return 0;
}

async function finish(outcome: Outcome, json: boolean, world: World): Promise<number> {
  const { writeOutcome } = await import("./terminal/render.ts");
  writeOutcome(world.streams, outcome, json);
  if (outcome.failure === undefined) return 0;
  const [{ describeFailure }, { writeFailure }] = await Promise.all([
    import("./failure.ts"),
    import("./terminal/write-failure.ts"),
  ]);
  const failure = describeFailure(outcome.failure);
  writeFailure(world.streams, failure);
  return failure.exit;
}

async function fail(error: unknown, json: boolean, world: World): Promise<number> {
  const [
    { describeFailure, failureDocument, interruption, redact },
    { writeFailure },
    { escapeText, renderJson },
  ] = await Promise.all([
    import("./failure.ts"),
    import("./terminal/write-failure.ts"),
    import("./terminal/escape.ts"),
  ]);
  const failure = world.signal.aborted ? interruption() : describeFailure(error);
  if (json) world.streams.stdout.write(`${renderJson({ error: failureDocument(failure) })}\n`);
  writeFailure(world.streams, failure);
  if (world.env["SKILLS_DEBUG"] && error instanceof Error) {
    world.streams.stderr.write(`${escapeText(redact(error.stack ?? ""))}\n`);
  }
  return failure.exit;
}

async function unknownCommand(name: string): Promise<Error> {
  const [{ usageError }, { nearest }] = await Promise.all([
    import("./usage-error.ts"),
    import("./nearest.ts"),
  ]);
  const close = nearest(name, Object.keys(COMMANDS));
  return usageError(`there is no command "${name}"${close === undefined ? "" : `: did you mean ${close}?`}`);
}
