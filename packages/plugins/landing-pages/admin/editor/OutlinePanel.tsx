import { EmptyState, IconButton, MenuButton, useMessages } from '@espalier/admin-kit'
import { ArrowDown, ArrowUp, Copy, LayoutList, Plus, Trash2 } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { useShown } from '../canvas/CanvasContext.tsx'
import { type BlockData, isSlot } from '../canvas/content.ts'
import { summaryOf } from '../fields/fieldSchema.ts'
import { messages } from '../messages.ts'
import { kindIcon } from './kindIcon.ts'
import type { BlockKind } from './kinds.ts'
import { type BlockDeeds, type BlockPlace, rootZone } from './usePuck.ts'

interface OutlineProps {
  readonly kinds: ReadonlyMap<string, BlockKind>
  readonly deeds: BlockDeeds
  readonly selectedId: string | undefined
  /** Blocks about which there is something to say, by id. */
  readonly remarked: ReadonlyMap<string, 'critical' | 'warning'>
}

/** The blocks of the page in their order, with those within them: all that the mouse does on the canvas, by keys. */
export function OutlinePanel({ blocks, ...props }: OutlineProps & { blocks: readonly BlockData[] }) {
  const m = useMessages(messages)
  if (blocks.length === 0)
    return (
      <EmptyState icon={LayoutList} title={m.editor.outlineEmpty}>
        {m.editor.outlineEmptyHint}
      </EmptyState>
    )
  return (
    <div className="ed-outline">
      <p className="ed-quiet">{m.editor.outlineHint}</p>
      <Branch {...props} zone={rootZone} blocks={blocks} />
    </div>
  )
}

function Branch({ zone, blocks, ...props }: OutlineProps & { zone: string; blocks: readonly BlockData[] }) {
  return (
    <ol>
      {blocks.map((block, index) => (
        <Item
          key={block.props.id}
          {...props}
          block={block}
          place={{ zone, index }}
          last={index === blocks.length - 1}
        />
      ))}
    </ol>
  )
}

function Item(props: OutlineProps & { block: BlockData; place: BlockPlace; last: boolean }) {
  const { slots } = useShown(props.block)
  return (
    <li>
      <Entry {...props} />
      {slots.map((name) => (
        <Slot key={name} {...props} name={name} />
      ))}
    </li>
  )
}

function Slot({ block, name, ...props }: OutlineProps & { block: BlockData; name: string }) {
  const m = useMessages(messages)
  const held = block.props[name]
  const blocks = isSlot(held) ? held : []
  const zone = `${block.props.id}:${name}`
  const label = m.editor.slot(name)
  return (
    <div className="ed-slot">
      <div className="ed-slot-head">
        <span>{label}</span>
        <MenuButton
          label={m.editor.addTo(label)}
          icon={Plus}
          iconOnly
          size="small"
          entries={[...props.kinds.values()]
            .filter(({ nests }) => nests)
            .map((kind) => ({
              id: kind.type,
              label: kind.label,
              icon: kindIcon(kind.type),
              run: () => props.deeds.insert(kind, { zone, index: blocks.length }),
            }))}
        />
      </div>
      {blocks.length > 0 && <Branch {...props} zone={zone} blocks={blocks} />}
    </div>
  )
}

function Entry({
  kinds,
  deeds,
  selectedId,
  remarked,
  block,
  place,
  last,
}: OutlineProps & { block: BlockData; place: BlockPlace; last: boolean }) {
  const m = useMessages(messages)
  const Icon = kindIcon(block.type)
  const label = kinds.get(block.type)?.label ?? block.type
  const summary = summaryOf(block.props, kinds.get(block.type)?.form ?? {})
  const selected = selectedId === block.props.id
  const remark = remarked.get(block.props.id)
  const name = summary === '' ? label : `${label}: ${summary}`
  const keys = (event: KeyboardEvent) => {
    const done = byKey(event, { deeds, place, last })
    if (!done) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons within
    <div className="ed-entry" data-selected={selected || undefined} onKeyDown={keys}>
      <button
        type="button"
        className="ed-entry-name"
        data-outline={block.props.id}
        aria-current={selected || undefined}
        onClick={() => deeds.select(place)}
      >
        <Icon size={14} aria-hidden="true" />
        <span>
          <b>{label}</b> {summary}
        </span>
        {remark && <span className="ed-dot" data-tone={remark} role="img" aria-label={m.fields.hasRemarks} />}
      </button>
      {selected && (
        <span className="ed-entry-deeds">
          <IconButton
            size="small"
            icon={ArrowUp}
            label={m.fields.up(name)}
            disabled={place.index === 0}
            onPress={() => deeds.move(place, -1)}
          />
          <IconButton
            size="small"
            icon={ArrowDown}
            label={m.fields.down(name)}
            disabled={last}
            onPress={() => deeds.move(place, 1)}
          />
          <IconButton
            size="small"
            icon={Copy}
            label={m.editor.duplicate(name)}
            onPress={() => deeds.duplicate(place)}
          />
          <IconButton size="small" icon={Trash2} label={m.fields.remove(name)} onPress={() => deeds.remove(place)} />
        </span>
      )}
    </div>
  )
}

/** Alt and arrows move, Ctrl-D doubles, Delete removes, arrows walk. @returns whether the key was one of them */
function byKey(
  event: KeyboardEvent,
  { deeds, place, last }: { deeds: BlockDeeds; place: BlockPlace; last: boolean },
): boolean {
  const { key, altKey } = event
  const holds = event.ctrlKey || event.metaKey
  if (altKey && key === 'ArrowUp' && place.index > 0) deeds.move(place, -1)
  else if (altKey && key === 'ArrowDown' && !last) deeds.move(place, 1)
  else if (holds && key === 'd') deeds.duplicate(place)
  else if (key === 'Delete' || key === 'Backspace') {
    walk(event.currentTarget, -1)
    deeds.remove(place)
  } else if (!altKey && (key === 'ArrowUp' || key === 'ArrowDown'))
    walk(event.currentTarget, key === 'ArrowUp' ? -1 : 1)
  else return false
  return true
}

function walk(from: Element, by: -1 | 1): void {
  const all = [...(from.closest('.ed-outline')?.querySelectorAll<HTMLElement>('[data-outline]') ?? [])]
  const at = all.findIndex((entry) => from.contains(entry))
  all[at + by]?.focus()
}
