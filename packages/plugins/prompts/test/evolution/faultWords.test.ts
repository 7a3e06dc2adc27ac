import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { faultTold } from '../../src/evolution/faultWords.ts'

describe('Why a candidate was not taken is said in French, too', () => {
  const source = readFileSync(join(import.meta.dirname, '../../src/evolution/loop.ts'), 'utf8')
  const sentences = [...source.matchAll(/#refuse\(\s*about,\s*(?:null|proposal),\s*'([^']+)'/g)].map(
    ([, text]) => text ?? '',
  )

  test('whatever the evolution says', () => {
    expect(sentences.length).toBeGreaterThanOrEqual(4)
    for (const sentence of sentences) expect(faultTold(sentence).fr, sentence).not.toBe(sentence)
  })

  test('with its figures and names', () => {
    expect(faultTold('It did no better on 3 learning cases: 0.5 against 0.75 and 0.6.').fr).toBe(
      'Pas mieux sur 3 cas d’apprentissage : 0,5 contre 0,75 et 0,6.',
    )
    expect(faultTold('It no longer uses "name", which is required and which its parent used.').fr).toContain('« name »')
  })

  test('what others said stays as it is', () => {
    expect(faultTold('429 Too Many Requests')).toEqual({ en: '429 Too Many Requests', fr: '429 Too Many Requests' })
  })
})
