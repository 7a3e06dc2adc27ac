import { Button, useMessages } from '@espalier/admin-kit'
import { ArrowLeft } from 'lucide-react'
import type { BlockData } from '../canvas/content.ts'
import type { FieldNotes } from '../fields/fieldSchema.ts'
import { Remarks } from '../fields/Remarks.tsx'
import { SchemaForm } from '../fields/SchemaForm.tsx'
import { messages } from '../messages.ts'
import type { BlockKind } from './kinds.ts'
import { PageFields } from './PageFields.tsx'
import type { BlockDeeds, BlockPlace } from './usePuck.ts'

/** What is in the block that is selected; without one, what the page says of itself. */
export function FieldsPanel({
  selected,
  kind,
  rootProps,
  deeds,
  notes,
}: {
  selected: { readonly block: BlockData; readonly place: BlockPlace } | undefined
  kind: BlockKind | undefined
  rootProps: Readonly<Record<string, unknown>>
  deeds: BlockDeeds
  /** Of the block, or of the page; what is about it as a whole has the path ''. */
  notes: FieldNotes
}) {
  const m = useMessages(messages)
  if (!selected) return <PageFields value={rootProps} onChange={deeds.writePage} notes={notes} />
  const { block, place } = selected
  const { id: _, ...props } = block.props
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Puck removes the block on Delete, also where one presses a button of a field
    <div
      className="ed-fields"
      onKeyDown={(event) => {
        if (event.key === 'Delete' || event.key === 'Backspace') event.stopPropagation()
      }}
    >
      <Button size="small" variant="quiet" icon={ArrowLeft} onPress={() => deeds.select(null)}>
        {m.editor.pageFields}
      </Button>
      <h2>{kind?.label ?? block.type}</h2>
      {kind ? <p className="ed-quiet">{kind.purpose}</p> : <p className="ed-quiet">{m.canvas.goneKind}</p>}
      <Remarks notes={notes.get('') ?? []} />
      {kind && (
        <SchemaForm
          key={block.props.id}
          schema={kind.form}
          value={props}
          onChange={(next) => deeds.write(place, block, next)}
          notes={notes}
        />
      )}
    </div>
  )
}
