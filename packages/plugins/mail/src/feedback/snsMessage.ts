import { createVerify } from 'node:crypto'
import { z } from 'zod'
import type { Certificates } from './certificates.ts'
import { Refusal } from './refusals.ts'
import { snsHost } from './topicArn.ts'

const text = z.string()

const common = {
  MessageId: z.string().regex(/^[\w-]{1,100}$/),
  TopicArn: text,
  Message: text,
  Timestamp: z.iso.datetime(),
  SignatureVersion: text,
  Signature: text,
  SigningCertURL: text,
}

const confirmation = { ...common, Token: text, SubscribeURL: text }

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const envelope = z.discriminatedUnion('Type', [
  z.object({ ...common, Type: z.literal('Notification'), Subject: text.nullish() }),
  z.object({ ...confirmation, Type: z.literal('SubscriptionConfirmation') }),
  z.object({ ...confirmation, Type: z.literal('UnsubscribeConfirmation') }),
])

export type SnsMessage = z.output<typeof envelope>

export interface SnsTrust {
  /** ARNs of the workspace's topics. */
  readonly topics: readonly string[]
  /** Signature version 1 is SHA-1. */
  readonly allowV1: boolean
  readonly certificates: Pick<Certificates, 'get'>
  readonly now: Date
}

/**
 * SNS tries for an hour at most; a queue for dead letters may be sent again a day later. What was taken is remembered for longer than
 * that, so that nothing is taken twice. Milliseconds.
 */
const maxAgeMs = 24 * 3600_000
const maxAheadMs = 15 * 60_000

/**
 * A message of SNS that really is one, of a topic of ours. Nothing in it is acted on before its signature is verified: what is looked at
 * before only decides which certificate would have to have signed it.
 *
 * @param body as it was sent, whatever its type says
 * @throws Refusal
 */
export async function readSnsMessage(body: string, trust: SnsTrust): Promise<SnsMessage> {
  const message = parse(body)
  const { TopicArn, SignatureVersion, Timestamp } = message
  if (!trust.topics.includes(TopicArn)) throw new Refusal('SNS_TOPIC_UNKNOWN', TopicArn)
  if (SignatureVersion !== '2' && !(SignatureVersion === '1' && trust.allowV1))
    throw new Refusal('SNS_SIGNATURE_VERSION', SignatureVersion)
  const at = new Date(Timestamp)
  const age = trust.now.getTime() - at.getTime()
  if (age > maxAgeMs || age < -maxAheadMs) throw new Refusal('SNS_TOO_OLD', Timestamp)
  const host = snsHost(TopicArn)
  if (!host) throw new Refusal('SNS_TOPIC_UNKNOWN', TopicArn)
  const certificate = await trust.certificates.get(signingCertificateUrl(message.SigningCertURL, host), host, at)
  const verifier = createVerify(SignatureVersion === '1' ? 'sha1' : 'sha256').update(stringToSign(message))
  if (!verifier.verify(certificate.publicKey, message.Signature, 'base64')) throw new Refusal('SNS_SIGNATURE_WRONG')
  return message
}

function parse(body: string): SnsMessage {
  try {
    return envelope.parse(JSON.parse(body))
  } catch (cause) {
    throw new Refusal('SNS_NOT_A_MESSAGE', '', { cause })
  }
}

/**
 * Equal to the host, not like it: `sns.s3-us-west-2.amazonaws.com` is anybody's bucket, and was an attack of 2022.
 *
 * @throws Refusal
 */
function signingCertificateUrl(text: string, host: string): string {
  const expected = new RegExp(`^https://${host.replaceAll('.', '\\.')}/SimpleNotificationService-[0-9a-f]{32}\\.pem$`)
  if (!expected.test(text)) throw new Refusal('SNS_CERTIFICATE_ADDRESS', text)
  return text
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html: names and values, each on a line, in this order. */
function stringToSign(message: SnsMessage): string {
  const { Message, MessageId, Timestamp, TopicArn, Type } = message
  const fields =
    Type === 'Notification'
      ? { Message, MessageId, ...(message.Subject != null && { Subject: message.Subject }), Timestamp, TopicArn, Type }
      : { Message, MessageId, SubscribeURL: message.SubscribeURL, Timestamp, Token: message.Token, TopicArn, Type }
  return Object.entries(fields)
    .map(([name, value]) => `${name}\n${value}\n`)
    .join('')
}
