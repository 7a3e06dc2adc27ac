import type { Awaitable, PlainRequest } from '@espalier/core'
import type { z } from 'zod'
import type { CountryDatabase } from './countryDatabase.ts'
import type { settings } from './settings.ts'
import { countryOf } from './source.ts'

/** The country of whoever sent a request: as a proxy in front says it, else by the address where the workspace wants that. */
export function senderCountry(
  request: PlainRequest,
  address: string,
  { countryHeader, countryDatabase }: Pick<z.output<typeof settings>, 'countryHeader' | 'countryDatabase'>,
  countries: Pick<CountryDatabase, 'countryOf'>,
): Awaitable<string | null> {
  const said = countryOf(request.headers, countryHeader)
  return said === null && countryDatabase ? countries.countryOf(address) : said
}
