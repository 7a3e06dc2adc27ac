import { createHmac, randomBytes } from 'node:crypto'

/**
 * Headers of a message as Standard Webhooks (standardwebhooks.com, version 1) want them: HMAC-SHA256 over id, time and body,
 * one signature for each secret, so that a receiver verifies with the old or the new one while they change.
 *
 * @param id the same on every attempt: receivers tell repetitions by it
 * @param at of this attempt: receivers refuse what is older than some minutes
 * @param secrets `whsec_` and base64
 */
export function signedHeaders(id: string, at: Date, body: string, secrets: readonly string[]): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1000)
  const content = `${id}.${seconds}.${body}`
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', keyOf(secret)).update(content).digest('base64')}`,
  )
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') }
}

/** 32 random bytes; the standard asks for 24 to 64. */
export function newSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`
}

const prefix = 'whsec_'

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(prefix.length), 'base64')
}
