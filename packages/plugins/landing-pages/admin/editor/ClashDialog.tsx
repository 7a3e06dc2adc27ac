import { Button, Dialog, RadioGroup, useMessages } from '@espalier/admin-kit'
import { useState } from 'react'
import type { Clash } from '../merge/mergeContents.ts'
import { messages } from '../messages.ts'
import type { BlockKind } from './kinds.ts'

/** Two people changed the same words: which stay. Everything else of both is there already. */
export function ClashDialog({
  clashes,
  kinds,
  onSettle,
}: {
  clashes: readonly Clash[]
  kinds: ReadonlyMap<string, BlockKind>
  onSettle: (theirs: readonly Clash[]) => void
}) {
  const { conflict: m } = useMessages(messages)
  const [taken, setTaken] = useState<ReadonlySet<Clash>>(new Set())
  const choose = (clash: Clash, whose: 'mine' | 'theirs') => {
    const next = new Set(taken)
    if (whose === 'theirs') next.add(clash)
    else next.delete(clash)
    setTaken(next)
  }
  return (
    <Dialog
      open
      stays
      alert
      size="large"
      title={m.title}
      // Escape keeps mine: nobody loses what they have just written.
      onClose={() => onSettle([])}
      actions={
        <>
          <Button onPress={() => onSettle(clashes)}>{m.allTheirs}</Button>
          <Button variant="primary" onPress={() => onSettle([...taken])}>
            {m.save}
          </Button>
        </>
      }
    >
      <p>{m.lead}</p>
      {clashes.map((clash) => {
        const { blockId, blockType, prop } = clash
        const kind = blockType === null ? undefined : kinds.get(blockType)
        const field = kind?.form.properties?.[prop]?.title ?? prop
        const label = blockType === null ? m.inPage(field) : m.inBlock(field, kind?.label ?? blockType)
        return (
          <RadioGroup
            key={`${blockId} ${prop}`}
            label={label}
            value={taken.has(clash) ? 'theirs' : 'mine'}
            onChange={(whose) => choose(clash, whose)}
            options={[
              { id: 'mine', label: m.mine, detail: inWords(clash.mine) },
              { id: 'theirs', label: m.theirs, detail: inWords(clash.theirs) },
            ]}
          />
        )
      })}
    </Dialog>
  )
}

/** A value as one can read it beside another. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined) return '–'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map(inWords).join(' · ')
  return Object.values(value as object)
    .map(inWords)
    .join(' – ')
}
