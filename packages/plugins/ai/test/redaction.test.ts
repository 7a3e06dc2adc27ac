import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Redaction } from '../src/redaction.ts'
import { asker, say } from './asker.ts'

const { stub, workspace } = await asker()

/** IBANs are the examples of the SWIFT registry, card numbers those of the networks' test pages, telephone numbers of ranges set aside for fiction. */
describe('Redaction', () => {
  test.each([
    ['ada@example.com', '[email 1]'],
    ['Écrivez à jean-noël.lefèvre@mairie-évreux.fr.', 'Écrivez à [email 1].'],
    ['Call +33 6 39 98 12 34 or 06.39.98.12.34', 'Call [phone 1] or [phone 2]'],
    ['au 01 99 00 12 34, merci', 'au [phone 1], merci'],
    ['+33 (0)1 99 00 12 34', '[phone 1]'],
    ['0033199001234', '[phone 1]'],
    ['Ring 020 7946 0958 or 07700 900123.', 'Ring [phone 1] or [phone 2].'],
    ['(212) 555-0123 and 212-555-0199 and +1 212 555 0123', '[phone 2] and [phone 3] and [phone 1]'],
    ['+49 30 23125 123', '[phone 1]'],
    ['FR14 2004 1010 0505 0001 3M02 606', '[iban 1]'],
    ['GB29NWBK60161331926819', '[iban 1]'],
    ['4111 1111 1111 1111, 378282246310005', '[card 1], [card 2]'],
    ['from 192.0.2.7 and 2001:db8::8a2e:370:7334', 'from [ip address 1] and [ip address 2]'],
    ['ada@example.com, ADA@example.com, bob@example.com', '[email 1], [email 1], [email 2]'],
  ])('replaces %s', (text, redacted) => {
    expect(new Redaction([text]).redact(text)).toBe(redacted)
  })

  test.each([
    'The offer of 2026-11-21 at 12:30:45 costs 1 234 567,89 € or 1,299.00 USD.',
    'Numéro de commande 2026-000123, 15 % de remise, page 3/10, ISBN 978-2-07-036822-8.',
    'Version 24.4.1, ratio 16:9, 100 000 visitors, between 10 and 20.',
    'GB29 NWBK 6016 1331 9268 18 has a wrong check digit, 4111 1111 1111 1112 too.',
    'Follow @ada and price@.',
    'fn foo::bar, 300.1.2.999',
  ])('leaves %s', (text) => {
    expect(new Redaction([text]).redact(text)).toBe(text)
  })

  test('puts back what it took, piece by piece too, and leaves alone what the text said itself', () => {
    const text = 'As in [email 1]: write to ada@example.com.'
    const redaction = new Redaction([text])
    const redacted = redaction.redact(text)
    expect(redacted).toBe('As in [email 1]: write to [email 2].')
    expect(redaction.restore(redacted)).toBe(text)
    const heard: string[] = []
    const listener = redaction.restorePieces((piece) => heard.push(piece))
    for (const letter of `${redacted} [1] [and [so on`) listener.push(letter)
    listener.end()
    expect(heard.join('')).toBe(`${text} [1] [and [so on`)
  })

  test('is quick on what looks like much', () => {
    const text = `${'1 '.repeat(50_000)}${'a.'.repeat(50_000)}@${':1'.repeat(20_000)}+33${' (1'.repeat(20_000)}`
    const started = performance.now()
    new Redaction([text]).redact(text)
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

describe('A workspace that redacts', () => {
  const personal = { redact: 'personal' } as const
  const request = 'Écris à ada@example.com, ou appelle le 06 39 98 12 34.'

  test('lets nothing personal leave, keeps nothing of it, and gives the answer with it', async () => {
    const { ask, call } = await workspace(personal)
    stub.script(({ messages }) => `Bien reçu : ${messages[0]?.content}`)
    const { text } = await ask({ idempotencyKey: 'fr', messages: say(request) })
    expect(text).toBe(`Bien reçu : ${request}`)
    expect(stub.requests.at(-1)?.body.messages).toEqual(say('Écris à [email 1], ou appelle le [phone 1].'))
    const row = await call('fr')
    expect(row.redacted).toBe(2)
    expect(JSON.stringify(row)).not.toMatch(/ada@|39 98/)
    expect((await ask({ idempotencyKey: 'fr', messages: say(request) })).text).toBe(text)
  })

  test('gives each their own answer from one in memory', async () => {
    const { ask } = await workspace(personal)
    stub.script(() => 'Dear [email 1].')
    const first = await ask({ idempotencyKey: '1', messages: say('Greet ada@example.com') })
    const second = await ask({ idempotencyKey: '2', messages: say('Greet bob@example.com') })
    expect([first.text, second.text]).toEqual(['Dear ada@example.com.', 'Dear bob@example.com.'])
    expect(second.cacheHit).toBe(true)
  })

  test('and no longer does gives what was asked before with it all the same', async () => {
    const { ask, set } = await workspace(personal)
    stub.script(() => 'Dear [email 1].')
    const asking = () => ask({ idempotencyKey: 'kept', messages: say('Greet ada@example.com') })
    await asking()
    Object.assign(set, { redact: 'none' })
    expect((await asking()).text).toBe('Dear ada@example.com.')
  })

  test('streams the answer with it, and checks structured outputs with it', async () => {
    const { ask, call } = await workspace(personal)
    stub.script(() => 'Write to [email 1] soon.')
    const pieces: string[] = []
    await ask({ idempotencyKey: 's', messages: say(request), onText: (piece) => pieces.push(piece) })
    expect(pieces.join('')).toBe('Write to ada@example.com soon.')
    const answers = [{ mail: 'ada' }, { mail: '[email 1]' }]
    stub.script(() => ({ json: answers.shift() }))
    const { output } = await ask({ idempotencyKey: 'o', messages: say(request), output: z.object({ mail: z.email() }) })
    expect(output).toEqual({ mail: 'ada@example.com' })
    expect(await call('o')).toMatchObject({ repaired: true, response: '{"mail":"[email 1]"}' })
  })
})
