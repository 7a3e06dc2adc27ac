import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HmacSha256 } from '../../src/access/hmac.ts'

const hexOf = (signature: string) => Buffer.from(signature, 'base64url').toString('hex')

describe('HMAC-SHA256', () => {
  test('is that of RFC 4231, cases 1 and 2', () => {
    expect(hexOf(new HmacSha256(Buffer.alloc(20, 0x0b)).sign('Hi There'))).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    )
    expect(hexOf(new HmacSha256(Buffer.from('Jefe')).sign('what do ya want for nothing?'))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  test('is that of OpenSSL for any text, whatever was signed before it', () => {
    const key = randomBytes(32)
    const hmac = new HmacSha256(key)
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 2_000, maxLength: 6_000 }))
    fc.assert(
      fc.property(texts, (text) => {
        expect(hmac.sign(text)).toBe(createHmac('sha256', key).update(text).digest('base64url'))
      }),
    )
  })

  test('is that of OpenSSL for any bytes, between texts too', () => {
    const key = randomBytes(32)
    const hmac = new HmacSha256(key)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6_000, size: 'max' }), (bytes) => {
        expect(hmac.digest(bytes).toString('hex')).toBe(createHmac('sha256', key).update(bytes).digest('hex'))
        expect(hmac.sign('text')).toBe(createHmac('sha256', key).update('text').digest('base64url'))
      }),
    )
  })

  test('passes for its own text and key alone: also not for one whose characters only end on the same bytes', () => {
    const hmac = new HmacSha256(randomBytes(32))
    const signature = hmac.sign('A.b')
    expect(hmac.verify('A.b', signature)).toBe(true)
    for (const text of ['A.c', 'Ł.b', 'A.b ', '']) expect(hmac.verify(text, signature), text).toBe(false)
    expect(new HmacSha256(randomBytes(32)).verify('A.b', signature)).toBe(false)
    for (const wrong of ['', signature.slice(1), `${signature}AAAA`]) expect(hmac.verify('A.b', wrong)).toBe(false)
  })

  test('takes no key that would have to be hashed first', () => {
    expect(() => new HmacSha256(Buffer.alloc(65))).toThrow('65 bytes')
  })
})
