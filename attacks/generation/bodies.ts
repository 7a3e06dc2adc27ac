import fc from 'fast-check'
import type { KnownRoute, Leads } from './requests.ts'
import { anyJson, text } from './values.ts'

/** Bodies for a route: right ones, right ones with a mistake, and what is none. */
export function bodyOf({ path }: KnownRoute, { bodies, values }: Leads): fc.Arbitrary<Buffer> {
  const right = bodies[path] ?? []
  const whole = right.length > 0 ? fc.constantFrom(...right) : fc.constant('{}')
  const bytes = fc.oneof(
    { weight: 3, arbitrary: whole },
    { weight: 6, arbitrary: whole.chain(spoilt) },
    { weight: 2, arbitrary: anyJson.map((value) => JSON.stringify(value) ?? '') },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.tuple(fc.constantFrom(...Object.keys(values), '_token', 'email', ''), text), { maxLength: 4 })
        .map((pairs) => new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString()),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '{',
        '\ufeff{}',
        'null',
        '[]',
        '"',
        `${'['.repeat(60_000)}`,
        `{"a":${'9'.repeat(50_000)}}`,
        '%',
        `a=${'%41'.repeat(10_000)}`,
      ),
    },
  )
  return fc.oneof(
    { weight: 12, arbitrary: bytes.map((value) => Buffer.from(value)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((value) => Buffer.from(value)) },
  )
}

/** JSON with one of its values exchanged; other text with some of it lost. */
function spoilt(whole: string): fc.Arbitrary<string> {
  try {
    const document: unknown = JSON.parse(whole)
    const places = placesIn(document)
    return fc
      .tuple(fc.constantFrom(...places), fc.oneof(anyJson, text, fc.constantFrom(null, -1, 1e308, '', [], {})))
      .map(([place, value]) => JSON.stringify(withValue(document, place, value)))
  } catch {
    return fc
      .tuple(fc.nat({ max: whole.length }), fc.nat({ max: 5 }), text)
      .map(
        ([at, dropped, inserted]) =>
          whole.slice(0, at) + encodeURIComponent(inserted.toWellFormed()) + whole.slice(at + dropped),
      )
  }
}

type Place = readonly (string | number)[]

function placesIn(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...at, key]))]
}

function withValue(document: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value
  const copy = Array.isArray(document) ? [...document] : { ...(document as object) }
  ;(copy as Record<string, unknown>)[key] = withValue((copy as Record<string, unknown>)[key], rest, value)
  return copy
}
