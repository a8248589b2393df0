import { SkillsError } from "@skills-registry/schema";
import { requireNamed } from "../registry/namespaces/members.ts";
import { audited } from "./audited.ts";
import { argument, type Command, type CommandContext, type Outcome } from "./command.ts";

/** Who runs the registry. */
export const operatorCommands: Command[] = [
  {
    usage: "admin operator add <account>",
    summary: "Makes an account an operator: it sees the operator's page and the whole audit log.",
    run: addOperator,
  },
  {
    usage: "admin operator remove <account>",
    summary: "Ends that, from the next request on.",
    run: removeOperator,
  },
  {
    usage: "admin operator list",
    summary: "Lists the operators, and those whom the configuration names.",
    run: listOperators,
  },
];

async function addOperator(context: CommandContext): Promise<Outcome> {
  const name = argument(context, "account");
  await setOperator(context, name, true);
  return { text: `${name} is an operator\n`, json: { account: name, operator: true } };
}

async function removeOperator(context: CommandContext): Promise<Outcome> {
  const name = argument(context, "account");
  if (context.parts.config.operators.includes(name)) {
    throw new SkillsError("EBADREQUEST", `the configuration makes "${name}" an operator`, {
      hint: "Take the name out of skills.operators there, and start the registry again.",
    });
  }
  await setOperator(context, name, false);
  return { text: `${name} is no operator\n`, json: { account: name, operator: false } };
}

async function setOperator(context: CommandContext, name: string, operator: boolean): Promise<void> {
  const action = operator ? "operator.add" : "operator.remove";
  await audited(context, { action, subject: name }, async (tx) => {
    const account = await requireNamed(tx, name);
    if (!operator && !account.operator) throw new SkillsError("ENOTFOUND", `"${name}" is no operator`);
    await tx.setOperator(account.id, operator);
  });
}

async function listOperators({ parts: { metadata, config } }: CommandContext): Promise<Outcome> {
  const made = (await metadata.operators()).map(({ name }) => name);
  const json = { operators: made, configured: config.operators };
  const lines = [...made, ...config.operators.map((name) => `${name} (by the configuration)`)];
  return { text: lines.length === 0 ? "there is no operator\n" : `${lines.join("\n")}\n`, json };
}
