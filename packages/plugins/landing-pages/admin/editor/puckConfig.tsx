import type { Config } from '@puckeditor/core'
import type { ComponentType, ElementType, ReactNode, Ref } from 'react'
import { BlockMarkup } from '../canvas/BlockMarkup.tsx'
import { useShown } from '../canvas/CanvasContext.tsx'
import { allBlocks, type BlockData, type PageContent } from '../canvas/content.ts'
import { UnshownBlock } from '../canvas/UnshownBlock.tsx'
import type { BlockKind } from './kinds.ts'
import { usePuckState } from './usePuck.ts'

/** What Puck gives to the component of a block: its props, with a component for each slot. */
interface PuckBlockProps {
  readonly id: string
  readonly puck: {
    readonly dragRef: Ref<HTMLElement>
    readonly metadata: { readonly blockType: string; readonly slotNames: readonly string[]; readonly blockRole: string }
  }
  readonly [name: string]: unknown
}

/** The drop zone of a slot. */
type SlotComponent = ComponentType<{ as?: ElementType; className?: string | undefined; minEmptyHeight?: number }>

/**
 * The kinds of blocks as Puck wants them: it moves blocks and keeps their history; what they look like comes from the server, and
 * what is in them is written in fields of our own.
 *
 * @param content kinds that no plugin brings any more stay on the canvas as long as they are in it
 */
export function puckConfig(kinds: ReadonlyMap<string, BlockKind>, content: PageContent): Config {
  const outer = [...kinds.values()].filter(({ nests }) => !nests).map(({ type }) => type)
  const gone = allBlocks(content.content).filter(({ type }) => !kinds.has(type))
  const components = [
    ...[...kinds.values()].map(({ type, label, slots, example }) => [
      type,
      {
        label,
        inline: true,
        defaultProps: example,
        fields: Object.fromEntries(slots.map((name) => [name, { type: 'slot', disallow: outer }])),
        metadata: { blockType: type, slotNames: slots },
        render: EditableBlock,
      },
    ]),
    ...gone.map(({ type }) => [
      type,
      {
        label: type,
        inline: true,
        fields: {},
        metadata: { blockType: type, slotNames: [] },
        render: EditableBlock,
      },
    ]),
  ]
  return {
    components: Object.fromEntries(components) as Config['components'],
    root: {
      render: ({ puck }: { puck: { renderDropZone: (zone: { zone: string; as: ElementType }) => ReactNode } }) => (
        <>{puck.renderDropZone({ zone: 'default-zone', as: 'main' })}</>
      ),
    },
  }
}

function EditableBlock({ puck, editMode: _editMode, children: _children, ...props }: PuckBlockProps) {
  const { blockType, slotNames, blockRole } = puck.metadata
  // What is in the block, and no more: Puck fills its default props into what it hands over, which visitors would not see.
  const item = usePuckState(({ getItemById }) => getItemById(props.id as string)) as BlockData | undefined
  const own = Object.fromEntries(Object.entries(props).filter(([name]) => !slotNames.includes(name)))
  const block: BlockData = item ?? { type: blockType, props: { ...own, id: props.id as string } }
  const shown = useShown(block)
  const wrong = shown.issues.length > 0
  const root = {
    ref: puck.dragRef,
    // Puck's drag library calls everything that can be dragged a button, in English, unless it has a role already.
    role: 'group',
    tabIndex: -1,
    'aria-roledescription': blockRole,
    'aria-describedby': '',
    'data-wrong': wrong ? '' : undefined,
    'data-outdated': !wrong && shown.outdated && shown.html !== undefined ? '' : undefined,
  }
  if (shown.html === undefined) return <UnshownBlock type={blockType} shown={shown} root={root} />
  return (
    <BlockMarkup
      html={shown.html}
      root={root}
      drawSlot={(name, as) => {
        const Slot = props[name] as SlotComponent | undefined
        if (typeof Slot !== 'function') return null
        return <Slot as={as?.element ?? 'div'} className={as?.className} minEmptyHeight={96} />
      }}
    />
  )
}
