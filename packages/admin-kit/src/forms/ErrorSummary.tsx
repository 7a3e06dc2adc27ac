import { Note } from '../components/Note.tsx'
import { useMessages } from '../language/messages.ts'
import type { Wrong } from './problems.ts'
import { words } from './words.ts'

/** What is wrong with a form, above it; each leads to its field. */
export function ErrorSummary({ wrongs, goTo }: { wrongs: readonly Wrong[]; goTo: (field: string) => void }) {
  const m = useMessages(words)
  const [first] = wrongs
  // One that is about the whole is the sentence itself.
  if (wrongs.length === 1 && first?.field === undefined)
    return (
      <Note tone="critical" announced>
        {first?.message}
      </Note>
    )
  return (
    <Note tone="critical" announced title={m.wrong(wrongs.length)}>
      <ul className="e-form-wrongs">
        {wrongs.map(({ field, message }) => (
          <li key={`${field} ${message}`}>
            {field === undefined ? (
              message
            ) : (
              <button type="button" className="e-form-wrong" onClick={() => goTo(field)}>
                {message}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Note>
  )
}
