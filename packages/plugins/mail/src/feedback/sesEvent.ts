import { hash } from 'node:crypto'
import { z } from 'zod'

/** What SES says of a message, whichever of its two shapes it used. */
export interface SesEvent {
  /** send, delivery, deliveryDelay, bounce, complaint, reject, renderingFailure, open, click, subscription; others as SES calls them. */
  readonly kind: string
  /** Our message, by the tag that it was sent with. */
  readonly messageId: string | null
  readonly providerId: string
  readonly at: Date
  /** The same event told twice has the same. */
  readonly fingerprint: string
  /** Of bounces and complaints: whom it is about. */
  readonly recipients: readonly string[]
  readonly consequence: Consequence
  /** Of opens and clicks that SES tracked. */
  readonly visit: { readonly address: string; readonly userAgent: string; readonly link: string } | null
  readonly detail: Readonly<Record<string, unknown>>
}

/**
 * What follows for the address: `gone` and `complained` hold it, `full` counts towards a hold, `content` is the message's own fault.
 * `listed`: the provider holds it already, and its rates do not count it.
 */
export type Consequence = 'gone' | 'complained' | 'full' | 'content' | 'listed' | null

/** Tag that each message leaves with. */
export const messageTag = 'espalier-message'

const texts = z.array(z.string()).catch([])
const when = z.iso.datetime().optional()
const recipients = z
  .array(
    z.looseObject({ emailAddress: z.string(), status: z.string().optional(), diagnosticCode: z.string().optional() }),
  )
  .catch([])

const shape = z.looseObject({
  eventType: z.string().optional(),
  notificationType: z.string().optional(),
  mail: z.looseObject({
    timestamp: z.iso.datetime(),
    messageId: z.string(),
    tags: z.record(z.string(), texts).catch({}),
  }),
  bounce: z
    .looseObject({
      bounceType: z.string(),
      bounceSubType: z.string(),
      bouncedRecipients: recipients,
      timestamp: when,
      feedbackId: z.string().optional(),
    })
    .optional(),
  complaint: z
    .looseObject({
      complainedRecipients: recipients,
      complaintSubType: z.string().nullish(),
      complaintFeedbackType: z.string().nullish(),
      timestamp: when,
      feedbackId: z.string().optional(),
    })
    .optional(),
  delivery: z.looseObject({ timestamp: when, smtpResponse: z.string().optional() }).optional(),
  deliveryDelay: z
    .looseObject({ timestamp: when, delayType: z.string().optional(), delayedRecipients: recipients })
    .optional(),
  reject: z.looseObject({ reason: z.string().optional() }).optional(),
  failure: z.looseObject({ errorMessage: z.string().optional() }).optional(),
  open: z
    .looseObject({ timestamp: when, ipAddress: z.string().optional(), userAgent: z.string().optional() })
    .optional(),
  click: z
    .looseObject({
      timestamp: when,
      ipAddress: z.string().optional(),
      userAgent: z.string().optional(),
      link: z.string().optional(),
    })
    .optional(),
})

type Told = z.output<typeof shape>

/** @returns undefined for what is no event of SES, such as the greeting with which it tries a topic */
export function readSesEvent(text: string): SesEvent | undefined {
  const told = shape.safeParse(parsed(text)).data
  const type = told?.eventType ?? told?.notificationType
  if (!told || !type) return undefined
  const kind = kindOf(type)
  const part = (kind === 'renderingFailure' ? told.failure : told[kind as keyof Told]) as
    | { timestamp?: string }
    | undefined
  const at = new Date(part?.timestamp ?? told.mail.timestamp)
  const bounced = told.bounce?.bouncedRecipients ?? told.complaint?.complainedRecipients ?? []
  const tagged = z.uuid().safeParse(told.mail.tags[messageTag]?.[0])
  const follows = consequence(kind, told)
  // What rows and rates are made of: see `refold` and `SendingHolds`.
  const weighed =
    kind === 'bounce' || kind === 'complaint'
      ? { consequence: follows ?? 'none', permanent: told.bounce?.bounceType === 'Permanent' }
      : {}
  const visited = kind === 'open' ? told.open : kind === 'click' ? told.click : undefined
  return {
    kind,
    messageId: tagged.success ? tagged.data : null,
    providerId: told.mail.messageId,
    at,
    fingerprint: fingerprint(kind, told, part, text),
    recipients: bounced.map(({ emailAddress }) => emailAddress),
    consequence: follows,
    visit: visited
      ? { address: visited.ipAddress ?? '', userAgent: visited.userAgent ?? '', link: told.click?.link ?? '' }
      : null,
    detail: { providerId: told.mail.messageId, ...detail(kind, told, bounced[0]), ...weighed },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** "Rendering Failure", with its space, is renderingFailure. */
function kindOf(type: string): string {
  const joined = type.replaceAll(/\s+/g, '')
  return joined.charAt(0).toLowerCase() + joined.slice(1)
}

/**
 * What makes an event itself: what bounces and complaints are numbered by; what happens to a message once, by its kind. What SES sent
 * twice under two numbers of SNS's is one.
 */
function fingerprint(kind: string, told: Told, part: { timestamp?: string } | undefined, text: string): string {
  const { messageId } = told.mail
  if (kind === 'send' || kind === 'reject') return `${kind}:${messageId}`
  const number = told.bounce?.feedbackId ?? told.complaint?.feedbackId
  if (number) return `${kind}:${number}`
  return `${kind}:${messageId}:${hash('sha256', part ? JSON.stringify(part) : text, 'base64url')}`
}

/** https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html, bounce types and complaint types. */
function consequence(kind: string, { bounce, complaint }: Told): Consequence {
  if (kind === 'complaint') {
    if (complaint?.complaintSubType === 'OnAccountSuppressionList') return 'listed'
    return complaint?.complaintFeedbackType === 'not-spam' ? null : 'complained'
  }
  if (kind !== 'bounce' || !bounce) return null
  const { bounceType, bounceSubType } = bounce
  if (bounceSubType === 'OnAccountSuppressionList') return 'listed'
  // A list of senders that turned us away says nothing about the address, whatever its number.
  if (bounce.bouncedRecipients.some(({ diagnosticCode = '' }) => senderRefused.test(diagnosticCode))) return 'content'
  if (bounceType === 'Permanent') return 'gone'
  if (['MessageTooLarge', 'ContentRejected', 'AttachmentRejected'].includes(bounceSubType)) return 'content'
  return 'full'
}

/** "521 5.7.1 blocked using dnsbl.example" and its like: RFC 3463's 5.7 is about the sender's rights, not the mailbox. */
const senderRefused = /\b5\.7\.\d+\b|\bdnsbl\b|\brbl\b|spamhaus|spamcop|barracudacentral/i

function detail(
  kind: string,
  told: Told,
  first: { status?: string | undefined; diagnosticCode?: string | undefined } | undefined,
) {
  const { bounce, complaint, deliveryDelay, delivery, reject, failure, open, click } = told
  const diagnostic = first?.diagnosticCode?.slice(0, 1_000)
  switch (kind) {
    case 'bounce':
      return { bounceType: bounce?.bounceType, bounceSubType: bounce?.bounceSubType, status: first?.status, diagnostic }
    case 'complaint':
      return { feedbackType: complaint?.complaintFeedbackType, subType: complaint?.complaintSubType }
    case 'deliveryDelay': {
      const { delayType, delayedRecipients: [delayed] = [] } = deliveryDelay ?? {}
      return { delayType, diagnostic: delayed?.diagnosticCode?.slice(0, 1_000) }
    }
    case 'delivery':
      return { response: delivery?.smtpResponse?.slice(0, 1_000) }
    case 'reject':
      return { reason: reject?.reason }
    case 'renderingFailure':
      return { reason: failure?.errorMessage?.slice(0, 1_000) }
    case 'open':
      return { userAgent: open?.userAgent?.slice(0, 500) }
    case 'click':
      return { userAgent: click?.userAgent?.slice(0, 500), link: click?.link?.slice(0, 2_000) }
    default:
      return {}
  }
}
