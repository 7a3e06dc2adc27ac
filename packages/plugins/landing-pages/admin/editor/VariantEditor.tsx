import { toast, useMessages, usePage, useUnsavedGuard } from '@espalier/admin-kit'
import { type Data, Puck } from '@puckeditor/core'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { CanvasProvider } from '../canvas/CanvasContext.tsx'
import { contentOf, type PageContent } from '../canvas/content.ts'
import { RenderedBlocks } from '../canvas/RenderedBlocks.ts'
import { messages } from '../messages.ts'
import { editorPage } from '../pages.ts'
import { CanvasFrame } from './CanvasFrame.tsx'
import { ClashDialog } from './ClashDialog.tsx'
import { EditorBody } from './EditorBody.tsx'
import type { BlockKind } from './kinds.ts'
import { LeaveDialog } from './LeaveDialog.tsx'
import type { EditedPage, EditedVariant } from './PageEditor.tsx'
import { puckConfig } from './puckConfig.tsx'
import { useDraft } from './useDraft.ts'
import './editor.css'

/** The editor of one variant: Puck's canvas between panels of our own. */
export function VariantEditor({
  page,
  variant,
  kinds,
  styles,
}: {
  page: EditedPage
  variant: EditedVariant
  kinds: ReadonlyMap<string, BlockKind>
  styles: string
}) {
  const m = useMessages(messages)
  const { search } = usePage(editorPage)
  const rendered = useMemo(() => new RenderedBlocks(page.language), [page.language])
  const facts = useMemo(
    () => ({ rendered, labelOf: (type: string) => kinds.get(type)?.label ?? type }),
    [rendered, kinds],
  )
  const showOnCanvas = useRef<(content: PageContent) => void>(() => {})
  const { keeper, state } = useDraft(page.id, variant, (content) => showOnCanvas.current(content))
  // Puck keeps the data by itself from here on.
  const [first] = useState(() => keeper.content)
  const config = useMemo(() => puckConfig(kinds, first), [kinds, first])
  useEffect(() => {
    if (keeper.recovered) toast(m.editor.recovered)
  }, [keeper, m])
  const leaving = useUnsavedGuard(state.kind === 'refused' || state.kind === 'clash')
  const overrides = useMemo(
    () => ({
      iframe: ({ children, document }: { children: ReactNode; document?: Document }) => (
        <CanvasFrame document={document} language={page.language} styles={styles}>
          {children}
        </CanvasFrame>
      ),
    }),
    [page.language, styles],
  )
  return (
    <CanvasProvider value={facts}>
      <Puck
        config={config}
        data={{ ...first } as unknown as Data}
        onChange={(data: Data) => keeper.change(savedShape(data))}
        iframe={puckFrame}
        overrides={overrides}
        metadata={{ blockRole: m.canvas.blockRole }}
        dictionary={m.puck}
        height="100%"
      >
        <EditorBody
          page={page}
          variant={variant}
          kinds={kinds}
          styles={styles}
          keeper={keeper}
          state={state}
          showOnCanvas={showOnCanvas}
          wanted={search.block}
        />
      </Puck>
      {state.kind === 'clash' && (
        <ClashDialog clashes={state.clashes} kinds={kinds} onSettle={(theirs) => keeper.settle(theirs)} />
      )}
      {leaving && <LeaveDialog {...leaving} />}
    </CanvasProvider>
  )
}

/** The page's own styles alone: ours would not look like visitors'. */
const puckFrame = { enabled: true, waitForStyles: false, syncHostStyles: false } as const

/** Puck's data as pages are kept: it adds what only an editor needs. */
function savedShape(data: Data): PageContent {
  return contentOf(JSON.parse(JSON.stringify({ content: data.content, root: { props: data.root.props ?? {} } })))
}
