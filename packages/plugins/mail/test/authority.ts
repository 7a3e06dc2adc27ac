import { createSign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'

/**
 * An authority of the tests' own: a root, an issuer below it, and certificates over one key. `leaf.pem` is what SNS's look like;
 * the others each have one thing wrong. Valid from 2020 to 2100, `expired.pem` to 2021.
 */
export const authority = {
  pem: (name: string) => readFileSync(join(import.meta.dirname, 'authority', `${name}.pem`), 'utf8'),
  issuerUrl: 'http://crt.test1.amazontrust.com/test1.cer',
  certificateUrl: `https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-${'a'.repeat(32)}.pem`,
}

export const topic = 'arn:aws:sns:eu-west-1:123456789012:mail-events'

const key = readFileSync(join(import.meta.dirname, 'authority', 'leaf.key'), 'utf8')

export type Envelope = Record<string, string>

/** A message as SNS posts it, signed by the tests' authority. */
export function signedMessage(fields: Envelope = {}): Envelope {
  const message: Envelope = {
    Type: 'Notification',
    MessageId: uuidv7(),
    TopicArn: topic,
    Message: 'Hello',
    Timestamp: new Date().toISOString(),
    SignatureVersion: '2',
    SigningCertURL: authority.certificateUrl,
    ...fields,
  }
  const names =
    message.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
  const text = names.flatMap((name) => (message[name] === undefined ? [] : [`${name}\n${message[name]}\n`])).join('')
  const algorithm = message.SignatureVersion === '1' ? 'sha1' : 'sha256'
  return { ...message, Signature: createSign(algorithm).update(text).sign(key, 'base64') }
}

/** The internet, as far as certificates go: an answer by address, and what was asked. */
export function certificateServer(answers: Record<string, () => Response | Promise<Response>>) {
  const asked: string[] = []
  const get = (async (url: string | URL | Request) => {
    asked.push(String(url))
    const answer = answers[String(url)]
    if (!answer) throw new TypeError('fetch failed')
    return answer()
  }) as typeof fetch
  return { asked, fetch: get }
}

/** Serves the tests' own authority. */
export function ownCertificates(certificate = 'leaf') {
  return certificateServer({
    [authority.certificateUrl]: () => new Response(authority.pem(certificate)),
    [authority.issuerUrl]: () => new Response(authority.pem('issuer')),
  })
}
