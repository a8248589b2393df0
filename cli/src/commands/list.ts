import { join } from "node:path";
import { defineCommand } from "../command.ts";
import { stateOf } from "../install/installed.ts";
import { readLock, type LockedPackage } from "../project/lockfile.ts";
import { displayPath, findPlace, type Place } from "../project/project.ts";
import { table } from "../terminal/render.ts";

export const command = defineCommand({
  description:
    "Shows the skills that skills.lock knows and compares their files with it: ok, modified (edited by hand) or missing. Changes nothing and asks no registry.",
  options: {
    global: {
      type: "boolean",
      short: "g",
      description: "Show the skills in your home instead of the project",
    },
  },
  examples: ["skills list", "skills list --global --json"],
  async run(context, { options }) {
    const place = await findPlace(context, options.global === true ? "global" : "project");
    const lock = await readLock(place.lockFile);
    const skills = (
      await Promise.all(Object.entries(lock).map(([name, entry]) => rowsOf(place, name, entry)))
    ).flat();
    const rows = skills.map(({ package: name, version, state, path, agents }) => [
      `${name}@${version}`,
      state,
      path,
      agents.join(", "),
    ]);
    const lines =
      rows.length === 0 ? [`no skills installed in ${place.root}`] : table(rows, context.streams.columns);
    return { json: { skills }, lines };
  },
});

async function rowsOf(place: Place, name: string, entry: LockedPackage) {
  const { version, agents, mode } = entry;
  const names = Object.keys(entry.skills).toSorted();
  return Promise.all(
    names.map(async (skill) => {
      const path = displayPath(place, join(place.canonical, skill));
      return { skill, package: name, version, path, agents, mode, state: await stateOf(place, skill, entry) };
    }),
  );
}
