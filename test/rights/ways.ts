import type { TestRegistry } from "../support/registry.ts";
import type { Deed, Sight } from "./rule.ts";

/** One way to do a deed. */
export interface Way {
  deed: Deed;
  door: "npm" | "REST" | "page";
  verb: string;
  /** Changes the skill, or whether there is one: it takes a skill of its own where it is to succeed. */
  spends: boolean;
  /** Undefined where the way makes no sense. */
  only?: Sight;
  request: (asked: Asked) => Request;
  /** True when the answer shows the skill; a list is 200 without it, too. */
  shows?: (body: string, asked: Asked) => boolean;
}

export interface Asked {
  registry: TestRegistry;
  /** `@acme/s1` */
  name: string;
  /** The packument as an owner reads it; undefined where there is none. */
  packument: { _rev: string; [field: string]: unknown } | undefined;
}

/** `@acme%2fs1` */
export const npmPath = ({ name }: Asked): string => name.replace("/", "%2f");
/** `acme/s1` */
export const webPath = ({ name }: Asked): string => name.slice(1);
export const skillOf = ({ name }: Asked): string => name.slice(name.indexOf("/") + 1);

export const get =
  (path: (asked: Asked) => string) =>
  (asked: Asked): Request =>
    new Request(asked.registry.url + path(asked));

export const send =
  (method: string, path: (asked: Asked) => string, body: (asked: Asked) => unknown) =>
  (asked: Asked): Request =>
    new Request(asked.registry.url + path(asked), {
      method,
      body: JSON.stringify(body(asked)),
      headers: { "content-type": "application/json" },
    });

type Shape = Omit<Way, "deed" | "spends"> & { spends?: boolean };
export const ways = (deed: Deed, shapes: Shape[]): Way[] =>
  shapes.map((shape) => ({ spends: false, ...shape, deed }));
