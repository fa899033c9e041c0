/**
 * Where requests come from and who is behind them, also past a proxy: what a proxy's headers say counts only
 * from the addresses that were named as its own.
 */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import { networkOf } from "./addresses.ts";

export interface Visitors {
  /** Whom limits count together. */
  addressOf(request: IncomingMessage): string;
  /**
   * As whom a trusted proxy knows who is asking. "" where none is asked for that; undefined where one is, and
   * the request did not come from it or does not say.
   */
  signedInAs(request: IncomingMessage): string | undefined;
  /** A proxy says who people are. */
  readonly known: boolean;
}

export interface TrustedProxies {
  /** The header with the name of whoever is signed in; undefined where none is trusted. */
  readonly trustHeader: string | undefined;
  /** Addresses and networks: "127.0.0.1", "10.0.0.0/8", "fd00::/8". */
  readonly trustedProxies: readonly string[];
}

const LONGEST_IDENTITY = 200;

/** Takes what parseNetworks took. */
export function knowVisitors({ trustHeader, trustedProxies }: TrustedProxies): Visitors {
  const proxies = parseNetworks(trustedProxies) ?? new BlockList();
  const isProxy = (address: string): boolean => {
    const version = isIP(address);
    return version > 0 && proxies.check(address, version === 6 ? "ipv6" : "ipv4");
  };
  return {
    known: trustHeader !== undefined,
    addressOf(request) {
      let client = plain(request.socket.remoteAddress ?? "");
      const hops = (request.headersDistinct["x-forwarded-for"] ?? []).join(",").split(",");
      // From the near end: what stands before the first hop that is no proxy, that hop may have made up.
      while (isProxy(client)) {
        const hop = plain(hops.pop()?.trim() ?? "");
        if (isIP(hop) === 0) break;
        client = hop;
      }
      return networkOf(client);
    },
    signedInAs(request) {
      if (trustHeader === undefined) return "";
      if (!isProxy(plain(request.socket.remoteAddress ?? ""))) return undefined;
      // Two of them: the proxy has added its own to one that came from outside.
      const [said, ...more] = request.headersDistinct[trustHeader.toLowerCase()] ?? [];
      const identity = said?.trim() ?? "";
      const sound = more.length === 0 && identity !== "" && identity.length <= LONGEST_IDENTITY;
      // eslint-disable-next-line no-control-regex
      return sound && !/[\u0000-\u001f\u007f,]/.test(identity) ? identity : undefined;
    },
  };
}

/** The networks as something that can be asked; undefined where one of them is none. */
export function parseNetworks(networks: readonly string[]): BlockList | undefined {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", length, ...rest] = network.split("/");
    const version = isIP(address);
    const bits = length === undefined ? (version === 6 ? 128 : 32) : Number(length);
    const sound = /^\d+$/.test(length ?? "0") && bits <= (version === 6 ? 128 : 32);
    if (version === 0 || rest.length > 0 || !sound) return undefined;
    list.addSubnet(address, bits, version === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

/** An address without a port, and IPv4 as IPv4. */
function plain(address: string): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? address;
  const four = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(bare)?.[1];
  return four ?? bare;
}
