import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ManualTime } from '@espalier/core/testing'
import { describe, expect, test } from 'vitest'
import { Certificates } from '../src/feedback/certificates.ts'
import { readSnsMessage } from '../src/feedback/snsMessage.ts'
import { authority, certificateServer, type Envelope, ownCertificates, signedMessage, topic } from './authority.ts'

const payloads = join(import.meta.dirname, 'payloads/sns-signed')
const real = [
  'legacy-notification.v1',
  'notification-nosubject.v1',
  'notification-subject.v1',
  'subscription-confirmation.v1',
].map((name) => [name, JSON.parse(readFileSync(join(payloads, `${name}.json`), 'utf8')) as Envelope] as const)

/** Of Amazon: the signers as SNS serves them, and their issuers as Amazon Trust Services does. */
const amazon = () =>
  certificateServer({
    ...Object.fromEntries(
      real.map(([, { SigningCertURL = '' }]) => [
        SigningCertURL,
        () => new Response(readFileSync(join(payloads, 'certs', SigningCertURL.split('/').at(-1) ?? ''))),
      ]),
    ),
    'http://crt.r2m01.amazontrust.com/r2m01.cer': () => new Response(readFileSync(join(payloads, 'certs/r2m01.pem'))),
    'http://crt.sca1b.amazontrust.com/sca1b.crt': () => new Response(readFileSync(join(payloads, 'certs/sca1b.pem'))),
  })

describe('messages that SNS really sent', () => {
  const certificates = new Certificates({ clock: new ManualTime(), fetch: amazon().fetch })
  const read = (message: Envelope, topics = [message.TopicArn ?? ''], allowV1 = true) =>
    readSnsMessage(JSON.stringify(message), {
      topics,
      allowV1,
      certificates,
      now: new Date(new Date(message.Timestamp ?? 0).getTime() + 60_000),
    })

  test.each(real)('%s is believed, by a chain that ends at a root that Node trusts', async (_name, message) => {
    expect(await read(message)).toMatchObject({ MessageId: message.MessageId, Type: message.Type })
  })

  test.each(real)('%s with one character changed, in whatever is signed, is not', async (_name, message) => {
    const signed = Object.keys(message).filter((name) => !/^(Signature|Signing|Unsubscribe)/.test(name))
    for (const field of signed) {
      const value = message[field] ?? ''
      const at = Math.floor(value.length / 2)
      const changed = {
        ...message,
        [field]: value.slice(0, at) + (value[at] === 'x' ? 'y' : 'x') + value.slice(at + 1),
      }
      await expect(read(changed, [changed.TopicArn ?? '']), field).rejects.toMatchObject({ name: 'Refusal' })
    }
    const Signature = `A${(message.Signature ?? '').slice(1)}`
    await expect(read({ ...message, Signature })).rejects.toMatchObject({ code: 'SNS_SIGNATURE_WRONG' })
  })

  test('with a field moved into the next is not: a line break makes no field', async () => {
    const [, message] = real[2] as (typeof real)[number]
    const { Subject, ...rest } = message
    const moved = {
      ...rest,
      MessageId: `${message.MessageId}`,
      Message: `${message.Message}`,
      Subject: `${Subject}\nTimestamp`,
    }
    await expect(read(moved)).rejects.toMatchObject({ code: 'SNS_SIGNATURE_WRONG' })
  })

  test('by SHA-1 are refused where the workspace does not take that', async () => {
    const [, message] = real[1] as (typeof real)[number]
    await expect(read(message, [message.TopicArn ?? ''], false)).rejects.toMatchObject({
      code: 'SNS_SIGNATURE_VERSION',
    })
    await expect(read({ ...message, SignatureVersion: '3' })).rejects.toMatchObject({ code: 'SNS_SIGNATURE_VERSION' })
  })
})

describe('a message', () => {
  const now = new Date('2026-05-04T10:00:00Z')
  const read = (message: Envelope | string, server = ownCertificates(), topics = [topic]) => {
    const certificates = new Certificates({
      clock: new ManualTime(),
      fetch: server.fetch,
      roots: [authority.pem('root')],
    })
    const body = typeof message === 'string' ? message : JSON.stringify(message)
    return readSnsMessage(body, { topics, allowV1: true, certificates, now })
  }
  const signed = (fields: Envelope = {}) => signedMessage({ Timestamp: now.toISOString(), ...fields })

  test.each(['1', '2'])('of signature version %s is believed', async (SignatureVersion) => {
    expect(await read(signed({ SignatureVersion }))).toMatchObject({ Message: 'Hello' })
  })

  test('that ends a subscription is believed: its token is signed as well', async () => {
    const ended = {
      Type: 'UnsubscribeConfirmation',
      Token: 't',
      SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?x',
    }
    expect(await read(signed(ended))).toMatchObject({ Type: 'UnsubscribeConfirmation' })
    await expect(read({ ...signed(ended), Token: 'u' })).rejects.toMatchObject({ code: 'SNS_SIGNATURE_WRONG' })
  })

  test.each([
    ['of another topic', signed({ TopicArn: 'arn:aws:sns:eu-west-1:999999999999:mail-events' }), 'SNS_TOPIC_UNKNOWN'],
    ['a day old', signed({ Timestamp: '2026-05-03T09:59:00Z' }), 'SNS_TOO_OLD'],
    ['of the future', signed({ Timestamp: '2026-05-04T10:16:00Z' }), 'SNS_TOO_OLD'],
    ['raw', '{"eventType":"Bounce"}', 'SNS_NOT_A_MESSAGE'],
    ['not JSON', 'Hello', 'SNS_NOT_A_MESSAGE'],
    ['JSON of another kind', '[]', 'SNS_NOT_A_MESSAGE'],
    ['of a type that there is not', signed({ Type: 'Other' }), 'SNS_NOT_A_MESSAGE'],
  ])('%s is refused before anything is fetched', async (_name, message, code) => {
    const server = ownCertificates()
    await expect(read(message, server)).rejects.toMatchObject({ code })
    expect(server.asked).toEqual([])
  })

  test.each([
    'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem',
    'https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem',
    'https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem',
    'https://sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem',
    'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem?x=1',
    'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem\n',
    'https://sns.eu-west-1.amazonaws.com/../SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem',
    'https://snsxeu-west-1.amazonaws.com/SimpleNotificationService-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pem',
    'file:///etc/passwd',
  ])('with a certificate at %s is refused before anything is fetched', async (SigningCertURL) => {
    const server = ownCertificates()
    await expect(read(signed({ SigningCertURL }), server)).rejects.toMatchObject({ code: 'SNS_CERTIFICATE_ADDRESS' })
    expect(server.asked).toEqual([])
  })

  test('of a region in China has its certificate there', async () => {
    const TopicArn = 'arn:aws-cn:sns:cn-north-1:123456789012:mail-events'
    const SigningCertURL = authority.certificateUrl.replace('eu-west-1.amazonaws.com', 'cn-north-1.amazonaws.com.cn')
    const server = certificateServer({
      [SigningCertURL]: () => new Response(authority.pem('leaf')),
      [authority.issuerUrl]: () => new Response(authority.pem('issuer')),
    })
    expect(await read(signed({ TopicArn, SigningCertURL }), server, [TopicArn])).toMatchObject({ TopicArn })
  })

  test.each([
    ['that has expired', 'expired', 'was not valid at 2026-05-04'],
    ['made out to a bucket that looks like SNS', 'bucket', 'it is made out to DNS:sns.s3-us-west-2'],
    ['that a server’s certificate has signed', 'forged', 'has not issued it'],
    ['of another authority', 'foreign', 'has not issued it'],
    ['whose issuer is said to be on an inner host', 'elsewhere', 'its issuer is not Amazon’s'],
    ['that is an authority itself', 'issuer', 'it is made out to nobody'],
  ])('with a certificate %s is refused', async (_name, certificate, why) => {
    const server = ownCertificates(certificate)
    await expect(read(signed(), server)).rejects.toMatchObject({
      code: 'SNS_CERTIFICATE_UNTRUSTED',
      message: expect.stringContaining(why),
    })
    expect(
      server.asked.filter((url) => !url.startsWith('https://sns.eu-west-1') && url !== authority.issuerUrl),
    ).toEqual([])
  })

  test('with the names that regions have which are to be switched on is believed', async () => {
    expect(await read(signed(), ownCertificates('regional'))).toMatchObject({ Message: 'Hello' })
  })

  test('with a root that nobody trusts is refused', async () => {
    const certificates = new Certificates({ clock: new ManualTime(), fetch: ownCertificates().fetch })
    const trust = { topics: [topic], allowV1: true, certificates, now }
    await expect(readSnsMessage(JSON.stringify(signed()), trust)).rejects.toMatchObject({
      code: 'SNS_CERTIFICATE_UNTRUSTED',
    })
  })
})

describe('a certificate', () => {
  const now = new Date('2026-05-04T10:00:00Z')
  const withServer = (server: { fetch: typeof fetch }, clock = new ManualTime()) =>
    new Certificates({ clock, fetch: server.fetch, roots: [authority.pem('root')] })
  const get = (certificates: Certificates, at = now) =>
    certificates.get(authority.certificateUrl, 'sns.eu-west-1.amazonaws.com', at)

  test('that cannot be read is asked for again by the next message; one that was verified is not', async () => {
    let answers = [() => new Response('busy', { status: 503 }), () => new Response(authority.pem('leaf'))]
    const server = certificateServer({
      [authority.certificateUrl]: () => (answers.shift() ?? (() => new Response('', { status: 500 })))(),
      [authority.issuerUrl]: () => new Response(authority.pem('issuer')),
    })
    const certificates = withServer(server)
    await expect(get(certificates)).rejects.toMatchObject({ code: 'SNS_CERTIFICATE_UNAVAILABLE', status: 503 })
    await get(certificates)
    answers = []
    await get(certificates)
    expect(server.asked).toHaveLength(3)
  })

  test('that is asked for by many messages at once is read once', async () => {
    const server = ownCertificates()
    const certificates = withServer(server)
    await Promise.all(Array.from({ length: 50 }, () => get(certificates)))
    expect(server.asked).toEqual([authority.certificateUrl, authority.issuerUrl])
  })

  test('that is remembered is still held to its time', async () => {
    const certificates = withServer(ownCertificates())
    await get(certificates)
    await expect(get(certificates, new Date('2101-01-01'))).rejects.toThrow('was not valid')
  })

  test.each([
    ['too large', () => new Response('x'.repeat(70_000))],
    ['a redirect', () => Response.redirect('https://evil.example/', 302)],
    ['not there', () => new Response('', { status: 404 })],
  ])('%s is not taken, and may be there later', async (_name, answer) => {
    const certificates = withServer(certificateServer({ [authority.certificateUrl]: answer }))
    await expect(get(certificates)).rejects.toMatchObject({ code: 'SNS_CERTIFICATE_UNAVAILABLE' })
  })

  test('that is none is refused', async () => {
    const server = certificateServer({ [authority.certificateUrl]: () => new Response('<html>') })
    await expect(get(withServer(server))).rejects.toMatchObject({ code: 'SNS_CERTIFICATE_UNTRUSTED' })
  })

  test('is not fetched without end on behalf of whoever makes addresses up', async () => {
    const clock = new ManualTime()
    const server = certificateServer({})
    const certificates = withServer(server, clock)
    for (let index = 0; index < 50; index++) await expect(get(certificates)).rejects.toThrow()
    expect(server.asked).toHaveLength(30)
    clock.advance(61_000)
    await expect(get(certificates)).rejects.toThrow('fetch failed')
  })
})
