import {
  Card,
  CodeBlock,
  Note,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { useDeferredValue } from 'react'
import { PreviewDocument, PricesDocument } from '../documents.ts'
import { costOf } from './costOf.ts'
import type { Variant } from './Prompt.tsx'
import { tryMessages } from './tryMessages.ts'

/** What the model would be told with these values, and what that costs. Undefined values: they are not right yet. */
export function Preview({ variant, values }: { variant: Variant; values: Record<string, unknown> | undefined }) {
  const m = useMessages(tryMessages)
  // Typing goes before filling in.
  const settled = useDeferredValue(values)
  const query = useQuery(
    PreviewDocument,
    { variantId: variant.id, variables: settled ?? {} },
    { keep: true, pause: settled === undefined },
  )
  const preview = query.data?.promptPreview
  return (
    <Card title={m.preview}>
      {query.error && (
        <Note tone="warning" title={m.previewFails}>
          {query.error.message}
        </Note>
      )}
      {!preview && !query.error && <Skeleton height="12rem" />}
      {preview && !query.error && (
        <Stack gap={3}>
          <Estimate variant={variant} tokens={preview.estimatedTokens} />
          {preview.messages.map(({ role, content }) => (
            <Stack key={role} gap={1}>
              <strong className="e-small">{m.roles[role] ?? role}</strong>
              <CodeBlock label={m.roles[role] ?? role} code={content} height="20rem" />
            </Stack>
          ))}
        </Stack>
      )}
    </Card>
  )
}

/** What asking would cost, for whoever may see what models cost. */
function Estimate({ variant, tokens }: { variant: Variant; tokens: number }) {
  const m = useMessages(tryMessages)
  const viewer = useViewer()
  const { moneyMicros, number } = useFormat()
  const query = useQuery(PricesDocument, {}, { pause: !viewer.may('ai:read') })
  if (!query.data) return null
  const { aiPrices, aiStatus } = query.data
  if (!aiStatus.configured) return <Note tone="neutral">{m.noService}</Note>
  const price = aiPrices.find(({ model }) => model === (variant.parameters.model ?? aiStatus.model))
  if (!price) return <p className="e-muted">{m.noPrice}</p>
  const { likely, most } = costOf(price, tokens, variant.parameters.maxOutputTokens ?? undefined)
  return (
    <p>
      {m.estimate} <strong className="e-number">{moneyMicros(likely)}</strong>{' '}
      <span className="e-muted">({m.estimateOf(number(tokens), moneyMicros(most))})</span>
    </p>
  )
}
