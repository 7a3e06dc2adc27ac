import { DescriptionList, useFormat, useMessages } from '@espalier/admin-kit'
import type * as v from 'valibot'
import { evidenceMessages } from './messages.ts'
import type { evidence } from './read.ts'

/** Why the figures of an experiment were not believed. */
export function HealthEvidence({ of }: { of: v.InferOutput<typeof evidence.problem> }) {
  const m = useMessages(evidenceMessages)
  const { number } = useFormat()
  const count = (value: number | undefined) => (value === undefined ? undefined : number(value))
  const pValue = of.sampleRatio?.pValue
  return (
    <DescriptionList
      items={[
        [m.exposures, count(of.exposures)],
        [m.pValue, typeof pValue === 'number' ? number(pValue, 6) : undefined],
        [m.bots, count(of.bots)],
        [m.late, count(of.late)],
        [m.crossovers, count(of.crossovers)],
        [m.unexpected, count(of.unexpected)],
      ]}
    />
  )
}
