import { domainToASCII } from 'node:url'
import emailAddresses from 'email-addresses'

/**
 * An address as it is written to: its domain in lower case and ASCII ("münchen.de" becomes "xn--mnchen-3ya.de"), what
 * stands before the @ as it was given, for that is the receiver's to read.
 *
 * @returns undefined for what nobody could deliver to: no @, a display name, quoted or non-ASCII local parts, a bare host, a
 *   network address, more than 64 characters before the @ or 254 in all
 */
export function readAddress(text: string): string | undefined {
  // The parser takes comments and folded lines; an address that is written to has neither.
  if (/[\s\p{Cc}()<>,;:\\"[\]]/u.test(text)) return undefined
  const parsed = asUsual(text) ?? emailAddresses.parseOneAddress({ input: text, rfc6532: true })
  if (parsed?.type !== 'mailbox' || parsed.name) return undefined
  const { local, domain } = parsed
  if (!/^[\x21-\x7e]{1,64}$/.test(local)) return undefined
  const ascii = domainToASCII(domain).toLowerCase()
  if (!hostName.test(ascii)) return undefined
  const address = `${local}@${ascii}`
  return address.length <= 254 ? address : undefined
}

/** Nearly all addresses are of this form (a dot-atom of RFC 5322, 3.2.3), for which the parser would take fifty times as long. */
function asUsual(text: string) {
  const at = text.lastIndexOf('@')
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  return dotAtom.test(local) && hostName.test(domain)
    ? ({ type: 'mailbox', name: null, local, domain } as const)
    : undefined
}

const dotAtom = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/

/** At least two labels, the last of them no number: that would be a network address. */
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
