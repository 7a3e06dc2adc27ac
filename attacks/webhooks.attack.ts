import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { asOwner, attackedProduct, errorLevel } from './product/attackedProduct.ts'

const product = await attackedProduct()
const topic = 'arn:aws:sns:eu-west-1:123456789012:mail'

await asOwner(
  product,
  'mutation ($input: JSON!) { updatePluginSettings(plugin: "mail", value: $input) { __typename ... on Error { message } } }',
  { input: { snsTopics: [topic] } },
)

const message = (changes: object = {}) => ({
  Type: 'Notification',
  MessageId: '01960000-0000-7000-8000-000000000001',
  TopicArn: topic,
  Message: JSON.stringify({
    eventType: 'Bounce',
    bounce: { bounceType: 'Permanent', bouncedRecipients: [{ emailAddress: 'nobody-bounced@example.com' }] },
    mail: { messageId: 'x', destination: ['nobody-bounced@example.com'] },
  }),
  Timestamp: new Date().toISOString(),
  SignatureVersion: '2',
  Signature: createHmac('sha256', 'x').update('x').digest('base64'),
  SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0000000000000000000000000000000a.pem',
  ...changes,
})
const send = (body: unknown, headers: Record<string, string> = {}) =>
  product.stranger('/mail/sns/demo', {
    method: 'POST',
    headers: { 'content-type': 'text/plain', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('What did not come from SNS is not believed:', () => {
  test.each<[string, unknown]>([
    [
      'a certificate of somebody else',
      message({ SigningCertURL: 'https://evil.example/SimpleNotificationService-a.pem' }),
    ],
    [
      'a certificate of a name that only begins like theirs',
      message({ SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-a.pem' }),
    ],
    [
      'a certificate behind a name and password',
      message({ SigningCertURL: 'https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-a.pem' }),
    ],
    ['a certificate of this machine', message({ SigningCertURL: `${product.url}/SimpleNotificationService-a.pem` })],
    ['a certificate in a file', message({ SigningCertURL: 'file:///etc/ssl/cert.pem' })],
    [
      'a certificate in a bucket',
      message({ SigningCertURL: 'https://s3.eu-west-1.amazonaws.com/evil/SimpleNotificationService-a.pem' }),
    ],
    ['another topic', message({ TopicArn: 'arn:aws:sns:eu-west-1:999999999999:mail' })],
    ['another region', message({ TopicArn: 'arn:aws:sns:us-east-1:123456789012:mail' })],
    ['a topic that is a list', message({ TopicArn: [topic] })],
    ['yesterday', message({ Timestamp: new Date(Date.now() - 86_400_000).toISOString() })],
    ['next year', message({ Timestamp: new Date(Date.now() + 31_536_000_000).toISOString() })],
    ['an old signature', message({ SignatureVersion: '1' })],
    ['no signature', message({ Signature: '' })],
    [
      'a subscription to an address of theirs',
      message({ Type: 'SubscriptionConfirmation', Token: 'x', SubscribeURL: 'https://evil.example/' }),
    ],
    [
      'a subscription to this machine',
      message({ Type: 'SubscriptionConfirmation', Token: 'x', SubscribeURL: 'http://127.0.0.1:1/' }),
    ],
    ['no JSON', '<xml/>'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('%s', async (_, body) => {
    const response = await send(body)
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status === 503 || response.status < 500).toBe(true)
    expect(await response.text()).toMatch(/"code":"[A-Z_]+"/)
  })

  test('nobody was suppressed by it, and the log calls none of it an error', async () => {
    const { text } = await asOwner(product, '{ mailSuppressions(first: 100) { nodes { address } } }')
    expect(text).toContain('"nodes":')
    expect(text).not.toContain('nobody-bounced@example.com')
    expect(product.log().filter(({ level, msg }) => level >= errorLevel && /webhook/i.test(msg))).toEqual([])
  })
})
