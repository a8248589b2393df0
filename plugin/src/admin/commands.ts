import { accountCommands } from "./accounts.ts";
import { auditCommands } from "./audit.ts";
import type { Command } from "./command.ts";
import { exchangeCommands } from "./exchange.ts";
import { mirrorCommands } from "./mirror.ts";
import { movingCommands } from "./moving.ts";
import { nameCommands } from "./names.ts";
import { operatorCommands } from "./operators.ts";
import { reindexCommand } from "./reindex.ts";
import { tokenCommands } from "./tokens.ts";
import { verifyCommand } from "./verify.ts";
import { versionCommands } from "./versions.ts";

/** Every command of skills-registry. The command line, its help and the table in docs/operating.md are made from this alone. */
export const COMMANDS: Command[] = [
  ...operatorCommands,
  ...accountCommands,
  ...tokenCommands,
  ...nameCommands,
  ...versionCommands,
  ...auditCommands,
  ...mirrorCommands,
  reindexCommand,
  verifyCommand,
  ...movingCommands,
  ...exchangeCommands,
];
