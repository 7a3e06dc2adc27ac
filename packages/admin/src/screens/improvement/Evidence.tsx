import { useLanguage } from '../../language.tsx'

/** What a step rests on: plain figures as a list, what is nested as it was written down. */
export function Evidence({ of }: { of: unknown }) {
  const { language, messages } = useLanguage()
  const words = messages.improvement
  const entries = Object.entries((of ?? {}) as Record<string, unknown>).filter(([, value]) => !isEmpty(value))
  // Ids are for machines: they stay with the rest.
  const plain = entries.filter(([name, value]) => typeof value !== 'object' && !/Id$/.test(name))
  const rest = entries.filter((entry) => !plain.includes(entry))
  if (entries.length === 0) return <p className="muted">{words.noEvidence}</p>
  const figure = (name: string, value: unknown) => {
    if (typeof value !== 'number')
      return typeof value === 'string' ? (words.evidenceValues[value] ?? value) : String(value)
    if (shares.has(name))
      return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(value)
    return new Intl.NumberFormat(language, { maximumSignificantDigits: 6 }).format(value)
  }
  return (
    <>
      {plain.length > 0 && (
        <dl className="evidence">
          {plain.map(([name, value]) => (
            <div key={name}>
              <dt className="muted">{words.evidenceNames[name] ?? name}</dt>
              <dd>{figure(name, value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {rest.length > 0 && <pre>{JSON.stringify(Object.fromEntries(rest), null, 2)}</pre>}
    </>
  )
}

/** From 0 to 1. */
const shares = new Set([
  'baseRate',
  'minDetectableLift',
  'share',
  'from',
  'to',
  'chanceToBeatControl',
  'chanceToBeBest',
  'expectedLoss',
])

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}
