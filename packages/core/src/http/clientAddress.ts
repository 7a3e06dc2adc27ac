import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * The client's address behind `proxies` trusted proxies: each of them appends the address that it saw to
 * `X-Forwarded-For`, so the entry counted from the right is the first one that no client can forge.
 *
 * @param peer address of the socket
 * @param proxies how many proxies stand in front; 0 ignores the header
 * @returns a canonical IPv4 or IPv6 address (an IPv4 one mapped into IPv6 comes out as IPv4)
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | null | undefined,
  proxies: number,
): string {
  const socket = () => canonicalAddress(peer ?? '') ?? '0.0.0.0'
  if (proxies <= 0 || !forwardedFor) return socket()
  const hops = forwardedFor.split(',')
  // Fewer entries than proxies: the request came past some of them; the leftmost is all there is.
  const hop = hops[Math.max(0, hops.length - proxies)] ?? ''
  return canonicalAddress(hop.trim()) ?? socket()
}

/** One client for rate limits: an IPv4 address, or the /64 network that one IPv6 customer is given. */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address
  const parsed = ipaddr.IPv6.parse(address)
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`
}

export function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}

function canonicalAddress(text: string): string | undefined {
  // Four plain numbers are canonical already; saying so is much cheaper than taking them apart.
  if (isIPv4(text)) return text
  // Some proxies append a port: "203.0.113.7:4711", "[2001:db8::1]:4711".
  const bare = text.replace(/^\[([^\]]+)\](?::\d+)?$/, '$1').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
  const withoutZone = bare.replace(/%.*$/, '')
  return ipaddr.isValid(withoutZone) ? ipaddr.process(withoutZone).toString() : undefined
}
