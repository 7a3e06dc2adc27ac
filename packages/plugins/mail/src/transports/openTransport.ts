import type { Secrets, SqlContext } from '@espalier/core'
import { type Problem, problem } from '../errors.ts'
import type { MailSettings } from '../settings.ts'
import { SesTransport } from './ses.ts'
import { type SmtpOptions, SmtpTransport } from './smtp.ts'
import type { Transport } from './transport.ts'

/** What workspaces entrust to the plugin, by name. */
export const secretNames = ['ses-access-key-id', 'ses-secret-access-key', 'smtp-password'] as const
export type MailSecretName = (typeof secretNames)[number]

/** What tests put in the place of the world. */
export interface Outside {
  /** In place of AWS's address. */
  readonly sesEndpoint?: string
  readonly sesTimeouts?: { readonly connection: number; readonly request: number }
  /** In place of whatever way out a workspace has chosen, but for the outbox. */
  readonly transport?: Transport
  readonly smtp?: Pick<SmtpOptions, 'timeoutMs' | 'deadlineMs' | 'trusted'>
  /** How SNS and its certificates are reached, and the roots that they end at. */
  readonly sns?: { readonly fetch: typeof fetch; readonly roots: readonly string[] }
  /** Resolves after so many milliseconds. */
  readonly wait?: (milliseconds: number) => Promise<void>
}

/** The way out that a workspace has chosen, or what it lacks for it. The outbox is none: it stays here. */
export async function openTransport(
  context: SqlContext,
  settings: MailSettings,
  secrets: Secrets,
  outside: Outside,
): Promise<Transport | { readonly problem: Problem }> {
  if (outside.transport) return outside.transport
  if (settings.transport === 'smtp') {
    if (!settings.smtpHost) return { problem: problem('SMTP_HOST_MISSING') }
    const password = settings.smtpUser ? await secrets.get(context, 'smtp-password') : ''
    if (password === undefined) return { problem: problem('CREDENTIALS_MISSING', 'SMTP password') }
    return new SmtpTransport({
      host: settings.smtpHost,
      port: settings.smtpPort,
      security: settings.smtpSecurity,
      user: settings.smtpUser,
      password,
      perSecond: settings.ratePerSecond,
      priceMicros: settings.smtpPriceMicros,
      ...outside.smtp,
    })
  }
  const accessKeyId = await secrets.get(context, 'ses-access-key-id')
  const secretAccessKey = await secrets.get(context, 'ses-secret-access-key')
  if (!accessKeyId || !secretAccessKey) return { problem: problem('CREDENTIALS_MISSING', 'access key of AWS') }
  return new SesTransport({
    region: settings.sesRegion,
    accessKeyId,
    secretAccessKey,
    configurationSet: settings.sesConfigurationSet,
    endpoint: outside.sesEndpoint,
    timeouts: outside.sesTimeouts,
    priceMicros: settings.sesPriceMicros,
  })
}
