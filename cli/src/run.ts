import { COMMANDS, isCommandName, loadCommand } from "./commands/index.ts";
import type { Outcome, ParsedCommand } from "./command.ts";
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
  try {
    return name === "help"
      ? await runNamed(rest[0] ?? "", ["--help"], world)
      : await runNamed(name, rest, world);
  } catch (error) {
    return fail(error, argv.includes("--json"), world);
  }
}

async function runNamed(name: string, argv: string[], world: World): Promise<number> {
  if (!isCommandName(name)) throw await unknownCommand(name);
  const command = await loadCommand(name);
  const parsed = command.parse(argv);
  if (parsed.help) {
    world.streams.stdout.write(`${commandHelp(name, command)}\n`);
    return 0;
  }
  return finish(await execute(parsed, world), parsed.json, world);
}

async function execute(parsed: ParsedCommand, world: World): Promise<Outcome> {
  const { createContext } = await import("./context.ts");
  return parsed.run(createContext(world, { registry: parsed.registry, json: parsed.json }));
}

async function finish(outcome: Outcome, json: boolean, world: World): Promise<number> {
  const { writeFailure, writeOutcome } = await import("./terminal/render.ts");
  writeOutcome(world.streams, outcome, json);
  if (outcome.failure === undefined) return 0;
  const { describeFailure } = await import("./failure.ts");
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
    import("./terminal/render.ts"),
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
