import { type ReactNode, useMemo } from 'react'
import { BlockMarkup } from './BlockMarkup.tsx'
import { CanvasProvider, type Mark, useCanvas, useShown } from './CanvasContext.tsx'
import { type BlockData, isSlot, type PageContent } from './content.ts'
import { PageFrameWindow } from './PageFrameWindow.tsx'
import { RenderedBlocks } from './RenderedBlocks.ts'
import { UnshownBlock } from './UnshownBlock.tsx'

/**
 * A page as visitors would see it, to look at: in the history, in what a publication changes, before a page is made of it.
 *
 * @param title names the window for screen readers
 * @param width that the page is drawn in, pixels; it is scaled to the room that there is
 * @param marks blocks to outline, by id
 */
export function StillPage({
  title,
  content,
  language,
  styles,
  labelOf,
  width = 1_080,
  height,
  marks,
}: {
  title: string
  content: PageContent
  language: string
  styles: string
  labelOf: (type: string) => string
  width?: number
  height: number
  marks?: ReadonlyMap<string, Mark>
}) {
  const rendered = useMemo(() => new RenderedBlocks(language), [language])
  const facts = useMemo(() => ({ rendered, labelOf, marks }), [rendered, labelOf, marks])
  return (
    <PageFrameWindow title={title} language={language} styles={styles} width={width} height={height}>
      <CanvasProvider value={facts}>
        <main>{drawn(content.content)}</main>
      </CanvasProvider>
    </PageFrameWindow>
  )
}

function drawn(blocks: readonly BlockData[]): ReactNode {
  return blocks.map((block) => <StillBlock key={block.props.id} block={block} />)
}

function StillBlock({ block }: { block: BlockData }) {
  const { marks } = useCanvas()
  const shown = useShown(block)
  const mark = marks?.get(block.props.id)
  if (shown.html === undefined) return <UnshownBlock type={block.type} shown={shown} />
  return (
    <BlockMarkup
      html={shown.html}
      root={{ 'data-block': block.props.id, 'data-mark': mark }}
      drawSlot={(name, as) => {
        const within = block.props[name]
        const blocks = isSlot(within) ? drawn(within) : null
        if (!as) return blocks
        const Element = as.element
        return <Element className={as.className}>{blocks}</Element>
      }}
    />
  )
}
