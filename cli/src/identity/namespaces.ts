import {
  groupRolesAnswer,
  membersAnswer,
  moveAnswer,
  type NAMESPACE_ROLES,
  namespacesAnswer,
  namespaceSettingsAnswer,
  type PackageName,
  renameAnswer,
  type SKILL_VISIBILITIES,
  transferAnswer,
} from "@skills-registry/schema";
import type { z } from "zod";
import { parseAnswer } from "../registry/answer.ts";
import { requestJson, type NpmOptions } from "../registry/npm.ts";

/** The part of the REST API that runs namespaces. Names come without `@`; npm's protocol has nothing like most of it. */

export type RoleName = (typeof NAMESPACE_ROLES)[number];
export type VisibilityName = (typeof SKILL_VISIBILITIES)[number];

interface Asked {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `api/namespaces`. */
  path: string;
  body?: Record<string, unknown>;
}

async function ask<T>(schema: z.ZodType<T>, { path, ...asked }: Asked, options: NpmOptions): Promise<T> {
  return parseAnswer(schema, await requestJson(`api/namespaces${path}`, { ...options, ...asked }));
}

export async function listNamespaces(options: NpmOptions): Promise<z.infer<typeof namespacesAnswer>> {
  return await ask(namespacesAnswer, { method: "GET", path: "" }, options);
}

export async function createNamespace(
  name: string,
  options: NpmOptions,
): Promise<z.infer<typeof namespaceSettingsAnswer>> {
  return await ask(namespaceSettingsAnswer, { method: "POST", path: "", body: { name } }, options);
}

type Members = z.infer<typeof membersAnswer>;

export async function listMembers(name: string, options: NpmOptions): Promise<Members> {
  return await ask(membersAnswer, { method: "GET", path: `/${name}/members` }, options);
}

/** Role null takes the account out. */
export async function setMember(
  name: string,
  { account, role }: { account: string; role: RoleName | null },
  options: NpmOptions,
): Promise<Members> {
  const path = `/${name}/members/${encodeURIComponent(account)}`;
  const asked: Asked = role === null ? { method: "DELETE", path } : { method: "PUT", path, body: { role } };
  return await ask(membersAnswer, asked, options);
}

type Groups = z.infer<typeof groupRolesAnswer>;

export async function listGroupRoles(name: string, options: NpmOptions): Promise<Groups> {
  return await ask(groupRolesAnswer, { method: "GET", path: `/${name}/groups` }, options);
}

/** Role null ends the one that the group has. */
export async function setGroupRole(
  name: string,
  body: { provider: string; group: string; role: RoleName | null },
  options: NpmOptions,
): Promise<Groups> {
  return await ask(groupRolesAnswer, { method: "PUT", path: `/${name}/groups`, body }, options);
}

/** Visibility null leaves it to the registry, undefined as it is. */
export async function settingsOf(
  name: string,
  visibility: VisibilityName | null | undefined,
  options: NpmOptions,
): Promise<z.infer<typeof namespaceSettingsAnswer>> {
  const path = `/${name}/settings`;
  const asked: Asked =
    visibility === undefined ? { method: "GET", path } : { method: "PUT", path, body: { visibility } };
  return await ask(namespaceSettingsAnswer, asked, options);
}

export async function renameNamespace(
  name: string,
  to: string,
  options: NpmOptions,
): Promise<z.infer<typeof renameAnswer>> {
  return await ask(renameAnswer, { method: "POST", path: `/${name}/rename`, body: { to } }, options);
}

export async function transferNamespace(
  name: string,
  to: string,
  options: NpmOptions,
): Promise<z.infer<typeof transferAnswer>> {
  return await ask(transferAnswer, { method: "POST", path: `/${name}/transfer`, body: { to } }, options);
}

export async function moveSkill(
  { namespace, skill }: PackageName,
  to: string,
  options: NpmOptions,
): Promise<z.infer<typeof moveAnswer>> {
  const path = `/${namespace}/move`;
  return await ask(moveAnswer, { method: "POST", path, body: { skill, to } }, options);
}
