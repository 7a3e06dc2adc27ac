import { IANAZone } from 'luxon'

/** Whether it is an IANA name. Offsets such as "+05:30" are none. */
export function isTimeZone(name: string): boolean {
  return /^[a-z]/i.test(name) && IANAZone.isValidZone(name)
}
