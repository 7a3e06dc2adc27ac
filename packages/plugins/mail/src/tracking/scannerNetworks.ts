import ipaddr from 'ipaddr.js'

/**
 * Networks from which mail gateways follow links before their owners do. As their vendors published them; read again in November 2026
 * from what a public project keeps. Gateways that browse on behalf of people (Proofpoint, Mimecast, Cisco) are not among them: from
 * those a visit may be a person's.
 */
const networks = [
  // Microsoft: Exchange Online Protection, Safe Links
  '40.92.0.0/15',
  '40.107.0.0/16',
  '52.100.0.0/14',
  '104.47.0.0/17',
].map((text) => ipaddr.parseCIDR(text))

/** @param network as {@link networkOf} gives it */
export function isScannerNetwork(network: string): boolean {
  if (!ipaddr.isValid(network)) return false
  const address = ipaddr.process(network)
  return networks.some((one) => one[0].kind() === address.kind() && address.match(one))
}

/** An address without what tells one household from another: an IPv4 one to /24, an IPv6 one to /48. "" for what is none. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return ''
  const parsed = ipaddr.process(address)
  const bytes = parsed.toByteArray().map((byte, index) => (index < (parsed.kind() === 'ipv4' ? 3 : 6) ? byte : 0))
  return ipaddr.fromByteArray(bytes).toString()
}
