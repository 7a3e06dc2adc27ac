import { Note } from '@espalier/admin-kit'
import type { FieldNote } from './fieldSchema.ts'

/** What is to be said about a field, below it. */
export function Remarks({ notes }: { notes: readonly FieldNote[] }) {
  return notes.map(({ tone, text }) => (
    <Note key={text} tone={tone}>
      {text}
    </Note>
  ))
}
