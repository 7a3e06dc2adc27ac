import { useMessages } from '@espalier/admin-kit'
import { Drawer } from '@puckeditor/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { messages } from '../messages.ts'
import { kindIcon } from './kindIcon.ts'
import type { BlockKind } from './kinds.ts'

/** The kinds of blocks: dragged onto the page, or pressed to be put behind what is selected. */
export function BlocksPanel({
  kinds,
  onAdd,
}: {
  kinds: ReadonlyMap<string, BlockKind>
  onAdd: (kind: BlockKind) => void
}) {
  const m = useMessages(messages)
  return (
    <div className="ed-kinds">
      <p className="ed-quiet">{m.editor.blocksHint}</p>
      <Drawer>
        {[...kinds.values()].map((kind) => (
          <Draggable key={kind.type} kind={kind} onAdd={() => onAdd(kind)}>
            <Drawer.Item name={kind.type}>{() => <KindTile kind={kind} />}</Drawer.Item>
          </Draggable>
        ))}
      </Drawer>
    </div>
  )
}

function KindTile({ kind: { type, label, purpose } }: { kind: BlockKind }) {
  const Icon = kindIcon(type)
  return (
    <span className="ed-kind">
      <Icon size={16} aria-hidden="true" />
      <span>
        <b>{label}</b>
        <small>{purpose}</small>
      </span>
    </span>
  )
}

/**
 * Puck draws each kind twice, one to be dragged above one that stays, and its drag library describes the upper one in English.
 * Here it becomes one button, which a press or Enter adds.
 */
function Draggable({ kind, onAdd, children }: { kind: BlockKind; onAdd: () => void; children: ReactNode }) {
  const m = useMessages(messages)
  const box = useRef<HTMLDivElement>(null)
  const name = m.editor.addBlock(kind.label)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const describe = () => {
      const [still, dragged] = element.querySelectorAll<HTMLElement>('[data-puck-drawer-item]')
      if (still?.getAttribute('aria-hidden') !== 'true') still?.setAttribute('aria-hidden', 'true')
      if (!dragged || dragged.getAttribute('aria-description') === name) return
      dragged.setAttribute('role', 'button')
      dragged.setAttribute('tabindex', '0')
      dragged.setAttribute('aria-description', name)
      dragged.setAttribute('aria-roledescription', m.editor.kindRole)
      dragged.setAttribute('aria-describedby', '')
    }
    describe()
    const observer = new MutationObserver(describe)
    observer.observe(element, { childList: true, subtree: true })
    return () => observer.disconnect()
  }, [name, m.editor.kindRole])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button is within, where Puck makes it
    <div
      ref={box}
      className="ed-kind-place"
      onClick={onAdd}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        onAdd()
      }}
    >
      {children}
    </div>
  )
}
