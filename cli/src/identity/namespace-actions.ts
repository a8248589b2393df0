import { NAMESPACE_ROLES, parsePackageName, SKILL_VISIBILITIES } from "@skills-registry/schema";
import type { Outcome } from "../command.ts";
import type { Context } from "../context.ts";
import { counted } from "../terminal/format.ts";
import {
  createNamespace,
  listGroupRoles,
  listMembers,
  listNamespaces,
  moveSkill,
  renameNamespace,
  setGroupRole,
  setMember,
  settingsOf,
  transferNamespace,
  type RoleName,
} from "./namespaces.ts";
import type { NpmOptions } from "../registry/npm.ts";
import { optionsFor } from "../registry/registry.ts";
import { table } from "../terminal/render.ts";
import { parseScope } from "../registry/scope.ts";
import { usageError } from "../usage-error.ts";

interface Action {
  /** The arguments behind its name; those in brackets may be left out together. */
  usage: string;
  run(context: Context, args: string[]): Promise<Outcome>;
}

/** Stands for no role of a group, and for no visibility of a namespace's own. */
const NONE = "none";

/** What `skills namespace` can do, by the word that asks for it. */
export const NAMESPACE_ACTIONS: Readonly<Record<string, Action>> = {
  create: {
    usage: "<namespace>",
    run: async (context, [name = ""]) => {
      const made = await createNamespace(...(await at(context, name)));
      return { json: made, lines: [`created @${made.name}, which you own`] };
    },
  },
  list: {
    usage: "",
    run: async (context) => {
      const answer = await listNamespaces(await optionsFor(context));
      const rows = answer.namespaces.map(({ name, kind, role }) => [`@${name}`, kind, role]);
      return { json: answer, lines: table(rows, context.streams.columns) };
    },
  },
  members: {
    usage: "<namespace>",
    run: async (context, [name = ""]) => {
      const answer = await listMembers(...(await at(context, name)));
      const rows = answer.members.map(({ account, role }) => [account, role]);
      return { json: answer, lines: table(rows, context.streams.columns) };
    },
  },
  set: {
    usage: "<namespace> <account> <role>",
    run: async (context, [name = "", account = "", role = ""]) => {
      const [namespace, options] = await at(context, name);
      const member = { account: bare(account), role: roleOf(role) };
      const answer = await setMember(namespace, member, options);
      return { json: answer, lines: [`${member.account} is ${member.role} of @${namespace}`] };
    },
  },
  remove: {
    usage: "<namespace> <account>",
    run: async (context, [name = "", account = ""]) => {
      const [namespace, options] = await at(context, name);
      const answer = await setMember(namespace, { account: bare(account), role: null }, options);
      return { json: answer, lines: [`${bare(account)} has no role in @${namespace} any more`] };
    },
  },
  group: {
    usage: "<namespace> [<provider> <group> <role>]",
    run: async (context, [name = "", ...rest]) => {
      const [namespace, options] = await at(context, name);
      const [provider, group = "", role = ""] = rest;
      const answer =
        provider === undefined
          ? await listGroupRoles(namespace, options)
          : await setGroupRole(namespace, { provider, group, role: optionalRole(role) }, options);
      const rows = answer.groups.map((one) => [one.provider, one.group, one.role]);
      return { json: answer, lines: table(rows, context.streams.columns) };
    },
  },
  visibility: {
    usage: "<namespace> [<visibility>]",
    run: async (context, [name = "", wanted]) => {
      const [namespace, options] = await at(context, name);
      const answer = await settingsOf(namespace, visibilityOf(wanted), options);
      const said = answer.visibility ?? "what the registry is configured for";
      return { json: answer, lines: [`new skills of @${namespace}: ${said}`] };
    },
  },
  rename: {
    usage: "<namespace> <name>",
    run: async (context, [name = "", to = ""]) => {
      const [namespace, options] = await at(context, name);
      const answer = await renameNamespace(namespace, bare(parseScope(to)), options);
      const moved = counted(answer.skills.length, "skill");
      return { json: answer, lines: [`@${namespace} is called @${answer.name} now, with ${moved}`] };
    },
  },
  transfer: {
    usage: "<namespace> <account>",
    run: async (context, [name = "", account = ""]) => {
      const [namespace, options] = await at(context, name);
      const answer = await transferNamespace(namespace, bare(account), options);
      return {
        json: answer,
        lines: [`@${answer.name} belongs to ${answer.owner}, and you have no role in it`],
      };
    },
  },
  move: {
    usage: "<skill> <namespace>",
    run: async (context, [text = "", to = ""]) => {
      const skill = parsePackageName(text);
      if (skill === undefined) throw usageError(`"${text}" is not the name of a skill, as in @acme/name`);
      const options = await optionsFor(context, `@${skill.namespace}`);
      const answer = await moveSkill(skill, bare(parseScope(to)), options);
      return { json: answer, lines: [`${skill.full} is called ${answer.name} now`] };
    },
  },
};

/** A namespace as it was typed, and the registry that answers for it. */
async function at(context: Context, name: string): Promise<[namespace: string, options: NpmOptions]> {
  const scope = parseScope(name);
  return [bare(scope), await optionsFor(context, scope)];
}

function bare(name: string): string {
  return name.replace(/^@/, "");
}

function roleOf(text: string): RoleName {
  const role = NAMESPACE_ROLES.find((known) => known === text);
  if (role !== undefined) return role;
  throw usageError(`a role is one of ${NAMESPACE_ROLES.join(", ")}, not "${text}"`);
}

function optionalRole(text: string): RoleName | null {
  return text === NONE ? null : roleOf(text);
}

function visibilityOf(text: string | undefined): (typeof SKILL_VISIBILITIES)[number] | null | undefined {
  if (text === undefined) return undefined;
  if (text === NONE) return null;
  const visibility = SKILL_VISIBILITIES.find((known) => known === text);
  if (visibility !== undefined) return visibility;
  throw usageError(`a visibility is one of ${SKILL_VISIBILITIES.join(", ")}, ${NONE}, not "${text}"`);
}

/** Whether an action takes that many arguments: all, or those outside the brackets alone. */
export function takes({ usage }: Action, count: number): boolean {
  const all = usage.match(/</g)?.length ?? 0;
  const needed = usage.replace(/\[.*/, "").match(/</g)?.length ?? 0;
  return count === all || count === needed;
}
