import { Badge, type Tone, useFormat, useMessages } from '@espalier/admin-kit'
import type { PromptLanguage, PromptVariantStatus } from './graphql/graphql.ts'
import { messages } from './messages.ts'

const tones: Record<PromptVariantStatus, Tone> = { DRAFT: 'info', ACTIVE: 'positive', RETIRED: 'neutral' }

/** What a version is used for. */
export function StatusBadge({ status }: { status: PromptVariantStatus }) {
  const m = useMessages(messages)
  return <Badge tone={tones[status]}>{m.status[status]}</Badge>
}

/** The language that a version is written in, in two letters; its name when one points at it. */
export function LanguageBadge({ language }: { language: PromptLanguage }) {
  const m = useMessages(messages)
  return (
    <abbr title={m.languages[language]} style={{ textDecoration: 'none' }}>
      <Badge>{language}</Badge>
    </abbr>
  )
}

/** How well a version does, from 0 to 1; a dash before anything was scored. */
export function Score({ value }: { value: number | null | undefined }) {
  const { locale } = useFormat()
  if (value == null) return <span className="e-muted">–</span>
  const written = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value)
  return <span className="e-number">{written}</span>
}
