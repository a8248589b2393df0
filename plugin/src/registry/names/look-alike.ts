import type { NamespaceSkeleton } from "../../store/identity.ts";
import { skeleton } from "./skeleton.ts";

/**
 * Skills from which on a namespace is worth being mistaken for: names one typing mistake away from it are refused. Ten are more than
 * somebody publishes to try the registry out; smaller namespaces would block whole regions of short names for no gain.
 */
const MUCH_LARGER = 10;

/** What one edit can change in the length of a skeleton: a letter, and one more where it takes a pair such as `rn` apart. */
const EDIT_LENGTH = 2;

/** Lengths of the skeletons that can be those of look-alikes. */
export function skeletonLengths(name: string): { min: number; max: number } {
  const { length } = skeleton(name);
  return { min: length - EDIT_LENGTH, max: length + EDIT_LENGTH };
}

/** Whether people could take the first name, which nobody has yet, for the second. */
export function isLookAlike(name: string, existing: NamespaceSkeleton): boolean {
  const wanted = skeleton(name);
  if (wanted === existing.skeleton) return true;
  if (existing.packages < MUCH_LARGER) return false;
  return isOneEdit(name, existing.name) || isOneEdit(wanted, existing.skeleton);
}

/** One character more, less or another, or two neighbours swapped. */
function isOneEdit(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  const at = firstDifference(short, long);
  if (long.length - short.length === 1) return short.slice(at) === long.slice(at + 1);
  if (long.length !== short.length) return false;
  return short.slice(at + 1) === long.slice(at + 1) || isSwap(short.slice(at), long.slice(at));
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

function isSwap(one: string, other: string): boolean {
  return one[0] === other[1] && one[1] === other[0] && one.slice(2) === other.slice(2);
}
