import type { Option } from '@espalier/admin-kit'

/** Every time zone that the browser knows, by its IANA name. */
export function timeZoneOptions(): readonly Option[] {
  known = known ?? ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')].map(asOption)
  return known
}

/** Four hundred of them: made when somebody first chooses. */
let known: readonly Option[] | undefined

function asOption(name: string): Option {
  return { id: name, label: name.replaceAll('_', ' ') }
}
