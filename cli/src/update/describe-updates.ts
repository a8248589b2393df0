import type { Change, Detail } from "../diff/describe-change.ts";
import { describeUpdate, type DescribedUpdate } from "../diff/describe-update.ts";
import type { InstallPlan } from "../install/install.ts";
import type { PackagePlan } from "../install/package-plan.ts";
import type { Sources } from "../install/sources.ts";
import { span, type Line } from "../terminal/line.ts";

/** One package that an update changes. */
interface Update {
  package: string;
  from: string;
  to: string;
  /** Null where the version that is here cannot be had any more, so that nothing is known of it. */
  change: Pick<Change, "abilities" | "changelog" | "files"> | null;
}

export interface Updates {
  json: Update[];
  lines: Line[];
}

/** What an update will change, package by package. */
export async function describeUpdates(
  { packages }: InstallPlan,
  sources: Sources,
  detail: Detail,
): Promise<Updates> {
  const described = await Promise.all(
    packages.map(async (plan) => ({ plan, update: await describeUpdate(plan, sources, detail) })),
  );
  const updates = described.flatMap(({ plan, update }) =>
    update === undefined ? [] : [{ json: updateOf(plan, update), lines: update.lines }],
  );
  return {
    json: updates.map(({ json }) => json),
    lines: updates.flatMap(({ json, lines }) => [
      [span(`${json.package} ${json.from} → ${json.to}`, "name")],
      ...lines,
    ]),
  };
}

function updateOf({ name, before, after }: PackagePlan, { json }: DescribedUpdate): Update {
  const change =
    json === null ? null : { abilities: json.abilities, changelog: json.changelog, files: json.files };
  return { package: name, from: before?.version ?? "", to: after?.version ?? "", change };
}
