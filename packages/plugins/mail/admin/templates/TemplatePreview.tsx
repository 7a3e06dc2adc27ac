import { CodeBlock, Failure, Note, SegmentedControl, Skeleton, Stack, useMessages, useQuery } from '@espalier/admin-kit'
import { useEffect, useState } from 'react'
import { MailPreview } from '../MailPreview.tsx'
import { TemplatePreviewDocument } from './documents.ts'
import { messages } from './messages.ts'

/** How long one types before the preview follows, in milliseconds. */
const pause = 400

/** A template filled in with its sample, as it is typed; the last that worked stays while something is wrong. */
export function TemplatePreview(props: {
  name: string
  language: 'en' | 'fr'
  subject: string
  body: string
  /** Undefined while it is no JSON. */
  sample: Record<string, unknown> | undefined
}) {
  const m = useMessages(messages)
  const [shown, show] = useState<'desktop' | 'phone' | 'text'>('desktop')
  const { name, language, subject, body, sample } = useSettled(props)
  const query = useQuery(
    TemplatePreviewDocument,
    { name, language: language === 'en' ? 'EN' : 'FR', subject, body, sample },
    { keep: true, pause: sample === undefined },
  )
  const found = query.data?.mailTemplatePreview
  const [last, setLast] = useState(found)
  if (found && found.problems.length === 0 && found !== last) setLast(found)
  return (
    <Stack gap={3}>
      <SegmentedControl
        label={m.width}
        value={shown}
        onChange={show}
        options={[
          { id: 'desktop', label: m.desktop },
          { id: 'phone', label: m.phone },
          { id: 'text', label: m.text },
        ]}
      />
      {query.error && <Failure error={query.error} again={query.again} />}
      {found && found.problems.length > 0 && (
        <Note tone="critical" title={m.problems} announced>
          <ul>
            {found.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Note>
      )}
      {!last ? (
        <Skeleton height="34rem" />
      ) : (
        <>
          <p>
            <strong>{last.subject}</strong>
          </p>
          {shown === 'text' ? (
            <CodeBlock label={m.text} code={last.text} />
          ) : (
            <div className={shown === 'phone' ? 'mail-preview-phone' : undefined}>
              <MailPreview html={last.html} title={last.subject || m.preview} />
            </div>
          )}
        </>
      )}
    </Stack>
  )
}

/** What did not change for a moment. */
function useSettled<Value extends object>(value: Value): Value {
  const key = JSON.stringify(value)
  const [settled, setSettled] = useState(value)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the value
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause)
    return () => clearTimeout(timer)
  }, [key])
  return settled
}
