import * as v from 'valibot'

/** What a good answer holds, as the server keeps it. */
const expectation = v.object({
  checks: v.fallback(
    v.array(
      v.union([
        v.object({ check: v.picklist(['contains', 'excludes', 'jsonWithKeys']), values: v.array(v.string()) }),
        v.object({ check: v.literal('equals'), value: v.string() }),
        v.object({ check: v.picklist(['minWords', 'maxWords', 'maxCharacters']), value: v.number() }),
      ]),
    ),
    [],
  ),
  judge: v.fallback(v.optional(v.string()), undefined),
})

export type Expectation = v.InferOutput<typeof expectation>

export function readExpectation(value: unknown): Expectation {
  const read = v.safeParse(expectation, value)
  return read.success ? read.output : { checks: [], judge: undefined }
}

/** The usual checks, as fields of a form. */
export interface ExpectationFields {
  contains: string
  excludes: string
  minWords: number | null
  maxWords: number | null
  judge: string
}

export const noExpectation: ExpectationFields = {
  contains: '',
  excludes: '',
  minWords: null,
  maxWords: null,
  judge: '',
}

export function expectsNothing({ contains, excludes, minWords, maxWords, judge }: ExpectationFields): boolean {
  return [contains, excludes, judge].every((text) => text.trim() === '') && minWords === null && maxWords === null
}

/** What the fields say, as the API takes it. */
export function expectationOf({ contains, excludes, minWords, maxWords, judge }: ExpectationFields): Expectation {
  const lines = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  return {
    checks: [
      ...(lines(contains).length > 0 ? [{ check: 'contains' as const, values: lines(contains) }] : []),
      ...(lines(excludes).length > 0 ? [{ check: 'excludes' as const, values: lines(excludes) }] : []),
      ...(minWords === null ? [] : [{ check: 'minWords' as const, value: minWords }]),
      ...(maxWords === null ? [] : [{ check: 'maxWords' as const, value: maxWords }]),
    ],
    ...(judge.trim() === '' ? {} : { judge: judge.trim() }),
  }
}
