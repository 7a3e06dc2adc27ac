import { isIP } from 'node:net'
import { isAbsolute, join, resolve } from 'node:path'
import { StartError } from '@espalier/core/embedded'
import { z } from 'zod'

const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  )

/** "on" and "off" in the ways in which people write them. */
function onOff(byDefault: boolean) {
  return z
    .enum(['on', 'off', 'true', 'false', '1', '0'], { error: 'must be on or off' })
    .default(byDefault ? 'on' : 'off')
    .transform((value) => ['on', 'true', '1'].includes(value))
}

function url(protocols: string[]) {
  const readable = protocols.map((protocol) => `${protocol}//`).join(' or ')
  return z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be a URL that starts with ${readable}`,
    )
}

const origins = list.transform((urls, context) => {
  const wrong = urls.find((item) => !URL.canParse(item) || !['http:', 'https:'].includes(new URL(item).protocol))
  if (wrong === undefined) return urls.map((item) => new URL(item).origin)
  context.addIssue(`must be origins such as https://admin.example.com, separated by commas; ${wrong} is none`)
  return z.NEVER
})

const networks = list.transform((given, context) => {
  const wrong = given.find((network) => !isNetwork(network))
  if (wrong === undefined) return given
  context.addIssue(`must be networks such as 10.0.0.5/32 or fd00::/8, separated by commas; ${wrong} is none`)
  return z.NEVER
})

function isNetwork(given: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(given) ?? []
  const version = isIP(address)
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128)
}

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine(
      (value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max,
      `must be a whole number from ${min} to ${max}`,
    )
    .transform(Number)

/** Every setting of the server, by environment. docs/operations.md lists the same, and a test holds them together. */
export const environment = z.object({
  PORT: wholeNumber(0, 65535).default(4000).describe('Port to listen on.'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  PUBLIC_URL: url(['http:', 'https:'])
    .optional()
    .describe('Where browsers reach this installation. Default: http://HOST:PORT.'),
  ESPALIER_CONFIG: z
    .string()
    .min(1)
    .optional()
    .describe('File that names the plugins of this installation. Default: espalier.config.ts of the repository.'),
  ESPALIER_WEB_APP: z
    .string()
    .min(1)
    .optional()
    .describe('Folder that the web app was built into. Default: where `npm start` builds it.'),
  ESPALIER_DATA: z
    .string()
    .min(1)
    .default('.espalier')
    .describe('Folder of the embedded database, the installation’s secrets and uploaded images.'),
  ESPALIER_FILE_STORE: url(['http:', 'https:'])
    .optional()
    .describe(
      'S3-compatible store for uploaded images, as https://<key id>:<secret>@<endpoint>/<bucket>?region=<region>. Default: the folder ESPALIER_DATA.',
    ),
  ESPALIER_EVENT_STORE: url(['http:', 'https:'])
    .optional()
    .describe(
      'ClickHouse that keeps the event log, as http://<user>:<password>@<host>:8123/<database>?nodes=<host:port>,…&cluster=<name>. Default: PostgreSQL.',
    ),
  ESPALIER_EVENT_RETENTION_DAYS: wholeNumber(14, 36_500)
    .optional()
    .describe(
      'Days for which single events and sessions are kept, of all workspaces. Numbers stay. Default: for ever.',
    ),
  ESPALIER_COUNTRY_DATABASE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Newer file with the countries of addresses (.mmdb), in place of the bundled one. Default: DB-IP’s of the installed package.',
    ),
  ESPALIER_WEBHOOK_ALLOW: networks.describe(
    'Private networks that webhooks may be posted to, as CIDR separated by commas, on any port and by plain http too. Default: none.',
  ),
  CHROMIUM_PATH: z
    .string()
    .min(1)
    .optional()
    .describe('Chromium that checks the accessibility of pages. Default: found where systems install it.'),
  DATABASE_URL: url(['postgres:', 'postgresql:'])
    .optional()
    .describe(
      'PostgreSQL 16 or later, as a role that owns its database and may create roles. Replaces the embedded one.',
    ),
  REDIS_URL: url(['redis:', 'rediss:'])
    .optional()
    .describe('Redis 7 or later, for live topics, cache and rate limits of several processes.'),
  ESPALIER_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters')
    .optional()
    .describe(
      'Secret that sessions, role passwords and sealed secrets derive from. Default: made on first run, kept in ESPALIER_DATA.',
    ),
  ESPALIER_SECRET_KEYS: z
    .string()
    .optional()
    .describe(
      'Keys that third parties’ secrets are sealed with: id:base64 of 32 bytes, separated by commas, the current one first. Default: one derived from ESPALIER_SECRET.',
    ),
  ESPALIER_PLUGINS_OFF: list.describe('Plugins to switch off, by name, separated by commas.'),
  ESPALIER_WORKER: onOff(true).describe(
    'Whether the server process also runs jobs. Turn off where `espalier worker` runs apart.',
  ),
  ESPALIER_DEMO: onOff(false).describe('Whether a new installation gets the demo workspace.'),
  ESPALIER_INTROSPECTION: onOff(false).describe('Allows introspection and GraphiQL in production.'),
  ESPALIER_TRUSTED_DOCUMENTS: z
    .enum(['any', 'only'], { error: 'must be any or only' })
    .default('any')
    .describe(
      'With only, GraphQL runs the web app’s operations and the documents that a workspace has registered, nothing else.',
    ),
  ESPALIER_OPERATION_LOG_DAYS: wholeNumber(1, 400)
    .default(30)
    .describe('Days for which single operations of API keys are kept. Their numbers by day are kept for 400.'),
  TRUSTED_ORIGINS: origins.describe('Other origins whose pages may call the API with a session, separated by commas.'),
  TRUSTED_PROXIES: wholeNumber(0, 10)
    .default(0)
    .describe('How many reverse proxies stand in front and set X-Forwarded-For.'),
  METRICS_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe('Bearer token of /metrics. Without it only loopback may read them.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be fatal, error, warn, info, debug, trace or silent',
    })
    .default('warn')
    .describe('What is logged, as JSON lines on standard output.'),
  NODE_ENV: z
    .enum(['production', 'development', 'test'], { error: 'must be production, development or test' })
    .default('development')
    .describe('In production errors are masked, and introspection and GraphiQL are off.'),
  ESPALIER_DRAIN_SECONDS: wholeNumber(0, 25)
    .optional()
    .describe(
      'How long a server that gets SIGTERM goes on answering while /readyz says 503, for a balancer to notice. Default: 5 in production, else 0.',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:'])
    .optional()
    .describe('OpenTelemetry collector to send traces to.'),
})

export interface Settings {
  port: number
  host: string
  publicUrl: string | undefined
  /** Absolute. Undefined: the repository's own. */
  configFile: string | undefined
  /** Absolute. Undefined: where the web app builds itself to. */
  webAppFolder: string | undefined
  /** Absolute. */
  dataFolder: string
  databaseUrl: string | undefined
  redisUrl: string | undefined
  fileStore: string | undefined
  eventStore: string | undefined
  eventRetentionDays: number | undefined
  /** Absolute. */
  countryDatabase: string | undefined
  privateNetworks: string[]
  chromium: string | undefined
  secret: string | undefined
  secretKeys: string | undefined
  pluginsOff: string[]
  runsJobs: boolean
  demo: boolean
  introspection: boolean
  trustedOnly: boolean
  operationDays: number
  trustedOrigins: string[]
  trustedProxies: number
  metricsToken: string | undefined
  logLevel: string
  production: boolean
  drainSeconds: number
  otlpEndpoint: string | undefined
}

/**
 * Reads the settings; an empty variable counts as absent.
 *
 * @throws StartError SETTING_INVALID with one line per wrong setting: its name, its value, what it takes.
 */
export function readSettings(env: NodeJS.ProcessEnv, folder: string): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(given)
  const lines = [...(parsed.error?.issues ?? []).map((issue) => wrongSetting(issue, given)), ...misspelled(given)]
  if (!parsed.success || lines.length > 0) throw new StartError('SETTING_INVALID', lines.join('\n'))
  const values = parsed.data
  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl: values.PUBLIC_URL?.replace(/\/+$/, ''),
    configFile: values.ESPALIER_CONFIG && resolve(folder, values.ESPALIER_CONFIG),
    webAppFolder: values.ESPALIER_WEB_APP && resolve(folder, values.ESPALIER_WEB_APP),
    dataFolder: isAbsolute(values.ESPALIER_DATA) ? values.ESPALIER_DATA : join(folder, values.ESPALIER_DATA),
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    fileStore: values.ESPALIER_FILE_STORE,
    eventStore: values.ESPALIER_EVENT_STORE,
    eventRetentionDays: values.ESPALIER_EVENT_RETENTION_DAYS,
    countryDatabase: values.ESPALIER_COUNTRY_DATABASE && resolve(folder, values.ESPALIER_COUNTRY_DATABASE),
    privateNetworks: values.ESPALIER_WEBHOOK_ALLOW,
    chromium: values.CHROMIUM_PATH,
    secret: values.ESPALIER_SECRET,
    secretKeys: values.ESPALIER_SECRET_KEYS,
    pluginsOff: values.ESPALIER_PLUGINS_OFF,
    runsJobs: values.ESPALIER_WORKER,
    demo: values.ESPALIER_DEMO,
    introspection: values.ESPALIER_INTROSPECTION,
    trustedOnly: values.ESPALIER_TRUSTED_DOCUMENTS === 'only',
    operationDays: values.ESPALIER_OPERATION_LOG_DAYS,
    trustedOrigins: values.TRUSTED_ORIGINS,
    trustedProxies: values.TRUSTED_PROXIES,
    metricsToken: values.METRICS_TOKEN,
    logLevel: values.LOG_LEVEL,
    production: values.NODE_ENV === 'production',
    drainSeconds: values.ESPALIER_DRAIN_SECONDS ?? (values.NODE_ENV === 'production' ? 5 : 0),
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
  }
}

function wrongSetting({ path, message }: z.core.$ZodIssue, given: NodeJS.ProcessEnv): string {
  const name = String(path[0])
  if (isSecret(name)) return `${name} is set to something that does not do: it ${message}.`
  return `${name} is ${JSON.stringify(given[name])}: it ${message}.`
}

/** A name of ours that is no setting would go unnoticed, and what it was meant to set stay as it is. */
function misspelled(given: NodeJS.ProcessEnv): string[] {
  const known = Object.keys(environment.shape)
  return Object.keys(given)
    .filter((name) => name.startsWith('ESPALIER_') && !known.includes(name))
    .map(
      (name) =>
        `There is no setting ${name}. Those that begin like it are: ${known.filter((item) => item.startsWith('ESPALIER_')).join(', ')}.`,
    )
}

/** Settings whose value is not shown, not even when it is wrong. */
function isSecret(name: string): boolean {
  return /SECRET|TOKEN|DATABASE_URL|REDIS_URL|FILE_STORE/.test(name)
}
