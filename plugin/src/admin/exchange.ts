import { isNamespace, SkillsError } from "@skills-registry/schema";
import { audit } from "../registry/audit.ts";
import { STANDARD } from "../moving/standard.ts";
import type { Importing } from "../moving/import.ts";
import { argument, type Command, type CommandContext, type Outcome } from "./command.ts";

/** Namespaces, for registries that cannot reach each other. */
export const exchangeCommands: Command[] = [
  {
    usage: "export <file>",
    summary:
      "Writes all skills of some namespaces, restricted ones too, into an archive for another registry. It holds no account and no private key. `-` is standard output.",
    options: {
      namespace: { value: "name", required: true, repeated: true, summary: "may be given several times" },
    },
    run: writeExport,
  },
  {
    usage: "import <file>",
    summary:
      "Makes the namespaces of an export copies here, which nobody can publish to; run again with a newer export, it brings what is new. `-` is standard input.",
    options: {
      key: {
        value: "keyid",
        repeated: true,
        summary:
          "a key that its versions may be signed with; without it the first import believes the keys that come with it",
      },
    },
    run: readExport,
  },
];

async function writeExport(context: CommandContext): Promise<Outcome> {
  const { parts, lists, progress } = context;
  const file = argument(context, "file");
  const namespaces = [...new Set((lists["namespace"] ?? []).map(namespaceOf))];
  const work = { parts: { ...parts, blobs: await context.blobs() }, namespaces, file, progress };
  const { exportNamespaces } = await import("../moving/export.ts");
  const made = await exportNamespaces(work);
  const { skills, blobs, keys } = made;
  const lines = [
    `${skills.count} skills and ${blobs.count} tarballs (${blobs.bytes} bytes) of ${namespaces.map((name) => `@${name}`).join(", ")}`,
    ...keys.map(({ keyid }) => `signed with ${keyid}`),
  ];
  const text = `${lines.join("\n")}\n`;
  if (file !== STANDARD) return { text, json: made };
  progress(text);
  return { text: "" };
}

function namespaceOf(text: string): string {
  const name = text.replace(/^@/, "");
  if (isNamespace(name)) return name;
  throw new SkillsError(
    "EUSAGE",
    `--namespace ${JSON.stringify(text.slice(0, 80))}: is not the name of a namespace`,
  );
}

async function readExport(context: CommandContext): Promise<Outcome> {
  const { parts, lists, progress } = context;
  const file = argument(context, "file");
  const blobs = await context.blobs();
  const named = lists["key"] ?? [];
  const record = recorderOf(context);
  const { importNamespaces } = await import("../moving/import.ts");
  const done = await importNamespaces({ parts: { ...parts, blobs }, file, named, progress, record });
  const lines = [
    ...done.accepted.map((keyid) => `believed from now on: ${keyid}`),
    ...done.refused.map(({ skill, reason }) => `${skill} stays as it was: ${reason}`),
    `${done.skills} skills changed, ${done.versions} versions came, of ${done.namespaces.map((name) => `@${name}`).join(", ")} as of ${done.createdAt}`,
  ];
  return {
    text: `${lines.join("\n")}\n`,
    json: done,
    ...(done.refused.length > 0 ? { failed: true as const } : {}),
  };
}

function recorderOf({ parts, caller, by }: CommandContext): Importing["record"] {
  return async (tx, { registry, createdAt, namespaces }, { accepted }) => {
    const at = parts.now().toISOString();
    for (const namespace of namespaces) {
      const detail = { by, registry, createdAt, accepted };
      await audit(tx, caller, { at, action: "admin.import", subject: namespace, namespace, detail });
    }
  };
}
