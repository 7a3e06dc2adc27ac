import type { EnumRef } from '@pothos/core'
import type { Builder, BuilderTypes } from '../schema/builder.ts'
import { both } from '../schema/subGraphs.ts'
import type { Delimiter } from './csv.ts'

const refs = new WeakMap<Builder, EnumRef<BuilderTypes, Delimiter>>()

/** The enum of what stands between the cells of a CSV file: one for a builder. */
export function csvDelimiter(builder: Builder): EnumRef<BuilderTypes, Delimiter> {
  const known = refs.get(builder)
  if (known) return known
  const made = builder.enumType('CsvDelimiter', {
    description: 'What stands between the cells of a CSV file.',
    subGraphs: both,
    values: {
      COMMA: { value: ',', description: 'What English spreadsheets expect.' },
      SEMICOLON: { value: ';', description: 'What French and most European spreadsheets expect.' },
    } as const,
  }) as EnumRef<BuilderTypes, Delimiter>
  refs.set(builder, made)
  return made
}
