import { useMessages } from '@espalier/admin-kit'
import type { FieldNotes, FieldSchema } from '../fields/fieldSchema.ts'
import { Remarks } from '../fields/Remarks.tsx'
import { SchemaForm } from '../fields/SchemaForm.tsx'
import { messages } from '../messages.ts'

/** What a variant says of itself to search engines and to those who share it. */
export function PageFields({
  value,
  onChange,
  notes,
}: {
  value: Readonly<Record<string, unknown>>
  onChange: (value: Readonly<Record<string, unknown>>) => void
  notes: FieldNotes
}) {
  const { seo, editor } = useMessages(messages)
  const schema: FieldSchema = {
    required: ['title'],
    properties: {
      title: { type: 'string', title: seo.title, description: seo.titleHint, maxLength: 70 },
      description: {
        type: 'string',
        title: seo.description,
        description: seo.descriptionHint,
        maxLength: 200,
        input: 'text',
      },
      image: { title: seo.image, input: 'image' },
      canonical: {
        type: 'string',
        title: seo.canonical,
        description: seo.canonicalHint,
        maxLength: 2_000,
        input: 'link',
      },
      noindex: { type: 'boolean', title: seo.noindex },
    },
  }
  return (
    <div className="ed-fields">
      <h2>{editor.pageFields}</h2>
      <p className="ed-quiet">{editor.pageFieldsHint}</p>
      <Remarks notes={notes.get('') ?? []} />
      <SchemaForm schema={schema} value={value} onChange={onChange} notes={notes} />
    </div>
  )
}
