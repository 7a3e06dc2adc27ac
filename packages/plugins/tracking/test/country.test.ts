import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, describe, expect, test } from 'vitest'
import { CountryDatabase } from '../src/countryDatabase.ts'
import { collectorUnderTest } from './collector.ts'

const log = pino({ level: 'silent' })
const folder = await mkdtemp(join(tmpdir(), 'espalier-countries-'))
afterAll(() => rm(folder, { recursive: true }))

/** The country that the log has of an event from an address. */
async function loggedFrom(
  { makeSite, newId }: Awaited<ReturnType<typeof collectorUnderTest>>,
  address: string,
  headers: Record<string, string> = {},
) {
  const { send, logged } = await makeSite()
  expect(await send([{ id: newId(), name: 'pageview' }], {}, headers, false, address)).toMatchObject({ accepted: 1 })
  const [event] = await logged()
  expect(JSON.stringify(event)).not.toContain(address)
  return event?.country
}

describe('the country of a visitor', async () => {
  const collector = await collectorUnderTest()

  test.each([
    // Of the RIPE NCC, APNIC, NIC.br, the University of Tokyo and Wikimedia's European centre.
    ['193.0.6.139', 'NL'],
    ['202.12.29.205', 'AU'],
    ['200.160.2.3', 'BR'],
    ['133.11.0.1', 'JP'],
    ['2001:67c:2e8:22::c100:68b', 'NL'],
    ['2001:200::1', 'JP'],
    ['2a02:ec80:300:ed1a::1', 'NL'],
    // Private, local, for documentation.
    ['10.0.0.1', null],
    ['192.168.1.1', null],
    ['127.0.0.1', null],
    ['203.0.113.7', null],
    ['fd00::1', null],
    ['fe80::1', null],
    ['2001:db8::1', null],
  ])('at %s is %s', async (address, country) => {
    expect(await loggedFrom(collector, address)).toBe(country)
  })
})

describe('where the country is from', () => {
  test.each([
    ['the header, where a proxy says it', { countryHeader: 'cf-ipcountry' }, { 'cf-ipcountry': 'fr' }, 'FR'],
    ['the address, where the header says nothing', { countryHeader: 'cf-ipcountry' }, { 'cf-ipcountry': 'XX' }, 'NL'],
    ['the address alone, where no header is trusted', {}, { 'cf-ipcountry': 'FR' }, 'NL'],
    ['the header alone', { countryHeader: 'cf-ipcountry', countryDatabase: false }, {}, null],
    ['nowhere', { countryDatabase: false }, { 'cf-ipcountry': 'FR' }, null],
  ])('is %s', async (_where, settings, headers, country) => {
    expect(await loggedFrom(await collectorUnderTest({ settings }), '193.0.6.139', headers)).toBe(country)
  })
})

describe('a file in place of the bundled one', () => {
  test('may be DB-IP’s or MaxMind’s own, which write the country in another place', async () => {
    const file = join(folder, 'everywhere.mmdb')
    await writeFile(file, databaseOf(map({ country: map({ iso_code: text('IS') }) })))
    const countries = new CountryDatabase(file, log)
    await countries.open()
    expect(await countries.countryOf('10.0.0.1')).toBe('IS')
  })

  test.each([
    ['of a continent', map({ continent: map({ code: text('EU') }) })],
    ['of no country of ISO 3166-1', map({ country_code: text('Iceland') })],
  ])('says nothing with a record %s', async (_what, record) => {
    const file = join(folder, 'other.mmdb')
    await writeFile(file, databaseOf(record))
    expect(await new CountryDatabase(file, log).countryOf('10.0.0.1')).toBeNull()
  })

  test('stops the start when it is missing or of another kind, and says which file it is', async () => {
    const missing = join(folder, 'missing.mmdb')
    await expect(new CountryDatabase(missing, log).open()).rejects.toThrow(
      `The database of countries ${missing} cannot be read`,
    )
    const wrong = join(folder, 'wrong.mmdb')
    await writeFile(wrong, 'network,country\n10.0.0.0/8,IS\n')
    await expect(new CountryDatabase(wrong, log).open()).rejects.toThrow(
      `The database of countries ${wrong} is no MMDB file. Download it again, or leave it out.`,
    )
    expect(await new CountryDatabase(wrong, log).countryOf('193.0.6.139')).toBeNull()
  })
})

/**
 * A database that says the same of every IPv4 address: a tree of one node, both of whose branches lead to the one
 * record (MaxMind DB File Format Specification 2.0).
 */
function databaseOf(record: Buffer): Buffer {
  const branch = Buffer.from([0, 0, 1 + 16])
  const metadata = map({
    node_count: number(1),
    record_size: number(24),
    ip_version: number(4),
    database_type: text('Country'),
    binary_format_major_version: number(2),
    binary_format_minor_version: number(0),
    build_epoch: number(0),
    languages: Buffer.from([0, 4]),
    description: map({}),
  })
  return Buffer.concat([
    branch,
    branch,
    Buffer.alloc(16),
    record,
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    metadata,
  ])
}

function map(entries: Record<string, Buffer>): Buffer {
  const pairs = Object.entries(entries).flatMap(([key, value]) => [text(key), value])
  return Buffer.concat([Buffer.from([(7 << 5) | Object.keys(entries).length]), ...pairs])
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([(2 << 5) | value.length]), Buffer.from(value)])
}

function number(value: number): Buffer {
  return Buffer.from([(5 << 5) | 1, value])
}
