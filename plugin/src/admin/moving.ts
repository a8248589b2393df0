import { readConfigFile } from "../config-file.ts";
import { STANDARD } from "../moving/standard.ts";
import { argument, type Command, type CommandContext, type MovingContext, type Outcome } from "./command.ts";

/** A whole registry, from one place to another. What does the work is loaded when it is called: the server starts by the same table. */
export const movingCommands: Command[] = [
  {
    usage: "migrate",
    summary:
      "Moves a stopped registry to other stores, from SQLite and the disk to PostgreSQL and S3 or back; interrupted, it goes on when it is run again.",
    options: {
      from: { value: "file", required: true, summary: "configuration of the registry as it is" },
      to: { value: "file", required: true, summary: "configuration with stores that no registry has used" },
    },
    move: migrateStores,
  },
  {
    usage: "backup <file>",
    summary:
      "Writes a registry, which may go on working, into one archive with mode 600: it holds password hashes and private keys. `-` is standard output.",
    run: writeBackup,
  },
  {
    usage: "restore <file>",
    summary:
      "Makes the stores of the configuration, which no registry may have used, the registry of a backup. `-` is standard input.",
    move: readBackup,
  },
];

async function migrateStores({ options, now, progress }: MovingContext): Promise<Outcome> {
  const { registry: from } = await readConfigFile(options["from"] ?? "");
  const { registry: to } = await readConfigFile(options["to"] ?? "");
  const { migrate } = await import("../moving/migrate.ts");
  const moved = await migrate({ from, to, now, progress });
  const { registry, skills, tarballs, copied, copiedBytes, secretFile } = moved;
  const lines = [
    `registry ${registry} is moved: ${skills} skills, ${tarballs} tarballs`,
    `${copied} tarballs were copied (${copiedBytes} bytes), each verified; both databases hold the same`,
    ...(secretFile === null ? [] : secretLines(secretFile)),
    "Start the registry with the new configuration, and never again with the old one: the two would drift apart.",
  ];
  return { text: `${lines.join("\n")}\n`, json: moved };
}

function secretLines({ from, to }: { from: string; to: string }): string[] {
  return [
    "The key that secrets in the database are encrypted with is in no store. Copy it by hand, readable by the registry's user alone:",
    `  install -m 600 ${quoted(from)} ${quoted(to)}`,
  ];
}

/** For a shell. */
function quoted(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}

async function writeBackup(context: CommandContext): Promise<Outcome> {
  const { parts, progress } = context;
  const file = argument(context, "file");
  const { backup } = await import("../moving/backup.ts");
  const made = await backup({ ...parts, blobs: await context.blobs() }, { file, progress });
  const { registry, rows, blobs, bytes, missing, audit } = made;
  const lines = [
    `registry ${registry} is in the archive: ${rows} rows, ${blobs.count} tarballs, ${bytes} bytes`,
    `audit log up to ${audit === null ? "an entry that is broken: skills-registry audit verify" : `${audit.id}:${audit.hash}`}`,
    ...missing.map((digest) => `without the tarball ${digest}, which is missing or damaged`),
    "The archive holds password hashes and private keys: keep it like a key. The secret key file is not in it.",
  ];
  const text = `${lines.join("\n")}\n`;
  const failed = missing.length > 0 ? ({ failed: true } as const) : {};
  if (file !== STANDARD) return { text, json: made, ...failed };
  progress(text);
  return { text: "", ...failed };
}

async function readBackup(context: MovingContext): Promise<Outcome> {
  const { config: to, now, progress } = context;
  const { restore } = await import("../moving/restore.ts");
  const restored = await restore({ file: argument(context, "file"), to, now, progress });
  const { registry, createdAt, skills, tarballs, missing } = restored;
  const lines = [
    `registry ${registry} of ${createdAt} is restored: ${skills} skills, ${tarballs} tarballs`,
    ...missing.map((digest) => `without the tarball ${digest}, which the backup does not have`),
    "Put the secret key file of the registry in its place before the start. Never let two registries run that were one.",
  ];
  return { text: `${lines.join("\n")}\n`, json: restored };
}
