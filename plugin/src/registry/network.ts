import { isIPv6 } from "node:net";

const IPV6_GROUPS = 8;

/**
 * What counts as one client where clients are counted: an IPv4 address, or the first half of an IPv6 address. One machine has
 * a whole /64 of these to choose from, so that a limit for each of them would be none.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [before = [], after = []] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = Array.from({ length: IPV6_GROUPS - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].slice(0, IPV6_GROUPS / 2).join(":");
}
