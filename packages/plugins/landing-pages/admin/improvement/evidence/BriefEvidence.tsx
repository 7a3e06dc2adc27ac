import { DescriptionList, ShareList, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import type * as v from 'valibot'
import type { Step } from '../step.ts'
import { evidenceMessages } from './messages.ts'
import { Effects } from './PatternEvidence.tsx'
import type { evidence } from './read.ts'

/** What new versions are made from: what is known of the visitors, and what has to be kept to. */
export function BriefEvidence({
  of: { page, arms, patterns, rules, generator },
  labels,
}: {
  of: v.InferOutput<typeof evidence.brief>
  labels: Step['featureLabels']
}) {
  const m = useMessages(evidenceMessages)
  const { list, percent } = useFormat()
  const { forbiddenWords, forbiddenClaims, requiredFacts } = rules
  const hasRules = forbiddenWords.length + forbiddenClaims.length + requiredFacts.length > 0
  const words = (texts: readonly string[]) => (texts.length > 0 ? list(texts) : undefined)
  return (
    <Stack gap={3}>
      <DescriptionList
        items={[
          [m.goal, page.goal],
          [m.madeBy, m.generators[generator] ?? generator],
        ]}
      />
      <p>{m.chanceBest}</p>
      <ShareList
        label={m.chanceBest}
        formatValue={(value) => percent(value, 0)}
        rows={arms.map(({ key, chanceToBeBest, isOriginal }) => ({
          id: key,
          label: isOriginal ? `${key} (${m.original})` : key,
          value: chanceToBeBest,
        }))}
      />
      {patterns.length > 0 && <Effects label={m.features} patterns={patterns} labels={labels} />}
      {hasRules ? (
        <DescriptionList
          items={[
            [m.forbiddenWords, words(forbiddenWords)],
            [m.forbiddenClaims, words(forbiddenClaims)],
            [m.requiredFacts, words(requiredFacts)],
          ]}
        />
      ) : (
        <p className="e-muted">{m.noRules}</p>
      )}
    </Stack>
  )
}
