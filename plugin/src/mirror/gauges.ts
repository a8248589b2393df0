import type { UpstreamConfig } from "../config.ts";
import type { Gauge } from "../observe/gauges.ts";
import type { Mirror } from "../store/mirrors.ts";
import type { Mirroring } from "./schedule.ts";

/** How old each copy is, and how much of it is missing, as this node knows it. */
export function mirrorGauges(
  upstreams: UpstreamConfig[],
  mirroring: Pick<Mirroring, "state">,
  now: () => Date,
): Gauge[] {
  const read = (namespace: string, of: (mirror: Mirror) => number) => (): number => {
    const mirror = mirroring.state().find((one) => one.namespace === namespace);
    return mirror === undefined ? -1 : of(mirror);
  };
  return upstreams
    .flatMap(({ namespaces }) => namespaces)
    .flatMap((namespace): Gauge[] => [
      {
        name: "skills_mirror_age_seconds",
        labels: { namespace },
        read: read(namespace, ({ contactAt }) =>
          contactAt === null ? -1 : (now().getTime() - Date.parse(contactAt)) / 1000,
        ),
      },
      { name: "skills_mirror_behind", labels: { namespace }, read: read(namespace, ({ behind }) => behind) },
    ]);
}
