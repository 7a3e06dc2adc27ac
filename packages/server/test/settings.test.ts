import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '@espalier/core'
import { describe, expect, test } from 'vitest'
import { environment, readSettings } from '../src/settings.ts'

const operations = await readFile(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8')

/** What a start with these variables, and none else, is told. */
function refusal(env: Record<string, string>): string {
  try {
    readSettings(env, '/srv/espalier')
  } catch (error) {
    if (error instanceof StartError && error.code === 'SETTING_INVALID') return error.message
    throw error
  }
  throw new Error(`${JSON.stringify(env)} was taken.`)
}

describe('settings', () => {
  test('have defaults that make a start without any of them', () => {
    expect(readSettings({ PATH: '/usr/bin' }, '/srv/espalier')).toEqual({
      port: 4000,
      host: '127.0.0.1',
      dataFolder: '/srv/espalier/.espalier',
      privateNetworks: [],
      pluginsOff: [],
      runsJobs: true,
      demo: false,
      introspection: false,
      trustedOnly: false,
      operationDays: 30,
      trustedOrigins: [],
      trustedProxies: 0,
      logLevel: 'warn',
      production: false,
      drainSeconds: 0,
    })
  })

  test('that are empty count as absent', () => {
    const empty = Object.fromEntries(Object.keys(environment.shape).map((name) => [name, '']))
    expect(readSettings(empty, '/srv/espalier')).toEqual(readSettings({}, '/srv/espalier'))
  })

  test.each([
    ['PORT', '0', { port: 0 }],
    ['PORT', '65535', { port: 65535 }],
    ['HOST', '::', { host: '::' }],
    ['PUBLIC_URL', 'https://grow.example.com/', { publicUrl: 'https://grow.example.com' }],
    ['ESPALIER_DATA', '/var/lib/espalier', { dataFolder: '/var/lib/espalier' }],
    ['ESPALIER_DATA', 'data', { dataFolder: '/srv/espalier/data' }],
    ['DATABASE_URL', 'postgresql://me@db/mine', { databaseUrl: 'postgresql://me@db/mine' }],
    ['DATABASE_URL', 'postgres://me@db/mine', { databaseUrl: 'postgres://me@db/mine' }],
    ['REDIS_URL', 'redis://cache', { redisUrl: 'redis://cache' }],
    ['REDIS_URL', 'rediss://cache:6380/1', { redisUrl: 'rediss://cache:6380/1' }],
    ['ESPALIER_SECRET', 's'.repeat(32), { secret: 's'.repeat(32) }],
    ['ESPALIER_PLUGINS_OFF', ' tracking, ,experiments ', { pluginsOff: ['tracking', 'experiments'] }],
    ['ESPALIER_WEBHOOK_ALLOW', '10.0.0.5/32,fd00::/8', { privateNetworks: ['10.0.0.5/32', 'fd00::/8'] }],
    ['NODE_ENV', 'production', { production: true, drainSeconds: 5 }],
    ['ESPALIER_DRAIN_SECONDS', '12', { drainSeconds: 12 }],
    ['ESPALIER_WORKER', 'off', { runsJobs: false }],
    ['ESPALIER_WORKER', '0', { runsJobs: false }],
    ['ESPALIER_DEMO', 'true', { demo: true }],
    ['ESPALIER_INTROSPECTION', 'on', { introspection: true }],
    ['ESPALIER_INTROSPECTION', '1', { introspection: true }],
    ['ESPALIER_TRUSTED_DOCUMENTS', 'only', { trustedOnly: true }],
    ['ESPALIER_OPERATION_LOG_DAYS', '7', { operationDays: 7 }],
    [
      'TRUSTED_ORIGINS',
      'https://a.example/, http://b.example:81',
      { trustedOrigins: ['https://a.example', 'http://b.example:81'] },
    ],
    ['TRUSTED_PROXIES', '10', { trustedProxies: 10 }],
    ['METRICS_TOKEN', 'm'.repeat(16), { metricsToken: 'm'.repeat(16) }],
    ['LOG_LEVEL', 'silent', { logLevel: 'silent' }],
    ['NODE_ENV', 'test', { production: false }],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector:4318', { otlpEndpoint: 'http://collector:4318' }],
  ])('take %s=%s', (name, value, expected) => {
    expect(readSettings({ [name]: value }, '/srv/espalier')).toMatchObject(expected)
  })

  test.each([
    ['PORT', '65536', 'PORT is "65536": it must be a whole number from 0 to 65535.'],
    ['PORT', '-1', 'PORT is "-1": it must be a whole number from 0 to 65535.'],
    ['PORT', '4e3', 'PORT is "4e3": it must be a whole number from 0 to 65535.'],
    [
      'PUBLIC_URL',
      'grow.example.com',
      'PUBLIC_URL is "grow.example.com": it must be a URL that starts with http:// or https://.',
    ],
    ['ESPALIER_WORKER', 'no', 'ESPALIER_WORKER is "no": it must be on or off.'],
    ['ESPALIER_DEMO', 'OFF', 'ESPALIER_DEMO is "OFF": it must be on or off.'],
    ['ESPALIER_INTROSPECTION', 'yes', 'ESPALIER_INTROSPECTION is "yes": it must be on or off.'],
    ['ESPALIER_TRUSTED_DOCUMENTS', 'none', 'ESPALIER_TRUSTED_DOCUMENTS is "none": it must be any or only.'],
    [
      'TRUSTED_ORIGINS',
      'https://a.example, b.example',
      'TRUSTED_ORIGINS is "https://a.example, b.example": it must be origins such as https://admin.example.com, separated by commas; b.example is none.',
    ],
    [
      'ESPALIER_WEBHOOK_ALLOW',
      '10.0.0.5/32,10.0.0.5/33',
      'ESPALIER_WEBHOOK_ALLOW is "10.0.0.5/32,10.0.0.5/33": it must be networks such as 10.0.0.5/32 or fd00::/8, separated by commas; 10.0.0.5/33 is none.',
    ],
    ['TRUSTED_PROXIES', '11', 'TRUSTED_PROXIES is "11": it must be a whole number from 0 to 10.'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL is "loud": it must be fatal, error, warn, info, debug, trace or silent.'],
    ['NODE_ENV', 'staging', 'NODE_ENV is "staging": it must be production, development or test.'],
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'collector',
      'OTEL_EXPORTER_OTLP_ENDPOINT is "collector": it must be a URL that starts with http:// or https://.',
    ],
  ])('refuse %s=%s in one line with the way out', (name, value, line) => {
    expect(refusal({ [name]: value })).toBe(line)
  })

  test.each([
    ['DATABASE_URL', 'mysql://me:hidden@db/mine', 'it must be a URL that starts with postgres:// or postgresql://.'],
    ['REDIS_URL', 'hidden', 'it must be a URL that starts with redis:// or rediss://.'],
    ['ESPALIER_SECRET', `hidden${'s'.repeat(25)}`, 'it must have at least 32 characters.'],
    ['METRICS_TOKEN', 'hidden', 'it must have at least 16 characters.'],
  ])('do not repeat a wrong %s, which holds a secret', (name, value, wayOut) => {
    expect(refusal({ [name]: value })).toBe(`${name} is set to something that does not do: ${wayOut}`)
  })

  test('that are wrong are all named at once, one a line', () => {
    expect(refusal({ PORT: 'x', LOG_LEVEL: 'y', NODE_ENV: 'z' }).split('\n')).toHaveLength(3)
  })

  test('are not missed for a typing error', () => {
    expect(refusal({ ESPALIER_WORKERS: 'off' })).toMatch(
      /^There is no setting ESPALIER_WORKERS\. Those that begin like it are: ESPALIER_CONFIG, .*ESPALIER_WORKER, /,
    )
  })
})

describe('the table of settings in docs/operations.md', () => {
  const section = operations.split('\n## ').find((text) => text.startsWith('Settings\n')) ?? ''
  const rows = section.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line))

  test('lists every setting, in order, with its default and what it does', () => {
    const expected = Object.entries(environment.shape).map(([name, setting]) => {
      const byDefault = readableDefault(setting.safeParse(undefined).data)
      return `| \`${name}\` | ${byDefault} | ${setting.description} |`
    })
    expect(rows).toEqual(expected)
  })
})

function readableDefault(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '–'
  return `\`${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}\``
}
