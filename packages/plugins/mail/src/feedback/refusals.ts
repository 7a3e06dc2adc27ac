/** Why what was sent to the webhook is not taken: a stable code, and a sentence with the value and the way out. */
const refusals = {
  SNS_NOT_A_MESSAGE: [400, () => 'This is no message of SNS. Raw delivery must be off: raw messages are not signed.'],
  SNS_TOPIC_UNKNOWN: [
    403,
    (topic: string) =>
      `The topic "${topic}" is not one of this workspace’s. Add its ARN to "snsTopics" in the settings of the mail plugin.`,
  ],
  SNS_SIGNATURE_VERSION: [
    403,
    (version: string) =>
      `Signature version ${version} is not taken. Set SignatureVersion of the topic to 2, or switch "snsAllowV1" on.`,
  ],
  SNS_TOO_OLD: [403, (timestamp: string) => `A message of ${timestamp} is too old, or from the future, to be taken.`],
  SNS_CERTIFICATE_ADDRESS: [
    403,
    (url: string) => `The certificate is not at an address of SNS in the topic’s region: ${url}`,
  ],
  SNS_CERTIFICATE_UNTRUSTED: [403, (why: string) => `The signing certificate is not trusted: ${why}`],
  SNS_SIGNATURE_WRONG: [403, () => 'The signature is not that of the message.'],
  SNS_CERTIFICATE_UNAVAILABLE: [
    503,
    (why: string) => `The signing certificate could not be read; send it again: ${why}`,
  ],
} as const satisfies Record<string, readonly [number, (value: string) => string]>

export type RefusalCode = keyof typeof refusals

/** Of a message that is not taken; nothing of it was believed. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  /** HTTP. 5xx asks SNS to send it again. */
  readonly status: number

  constructor(code: RefusalCode, value = '', options?: ErrorOptions) {
    const [status, sentence] = refusals[code]
    super(sentence(value.slice(0, 300)), options)
    this.code = code
    this.status = status
  }
}
