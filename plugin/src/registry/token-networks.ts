import { BlockList, isIPv6 } from "node:net";
import { SkillsError } from "@skills-registry/schema";
import type { Token } from "../store/identity.ts";

/** Throws EFORBIDDEN for an address outside the token's networks. */
export function requireNetwork(token: Token, address: string): void {
  if (token.cidr.length === 0 || isInside(address, token.cidr)) return;
  throw new SkillsError("EFORBIDDEN", "this token may not be used from this address", {
    hint: "It was made with --cidr for other networks.",
  });
}

/** Takes `10.0.0.0/8` forms only; throws EBADREQUEST for anything else. */
export function parseCidr(text: string): string {
  try {
    addNetwork(new BlockList(), text);
  } catch (cause) {
    throw new SkillsError("EBADREQUEST", `"${text.slice(0, 60)}" is not a network like 10.0.0.0/8`, {
      cause,
    });
  }
  return text;
}

function isInside(address: string, networks: string[]): boolean {
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

function addNetwork(list: BlockList, network: string): void {
  const [address = "", bits = "", ...rest] = network.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(bits)) throw new RangeError("not a network");
  list.addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
}
