import { PageFrame, SegmentedControl, Tabs, useMessages, usePage } from '@espalier/admin-kit'
import { type RefObject, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useCanvas } from '../canvas/CanvasContext.tsx'
import type { BlockData, PageContent } from '../canvas/content.ts'
import { contentOf } from '../canvas/content.ts'
import { HistoryDrawer } from '../history/HistoryDrawer.tsx'
import { messages } from '../messages.ts'
import { editorPage } from '../pages.ts'
import { PublishDialog } from '../publish/PublishDialog.tsx'
import { notesFor } from '../quality/notesFor.ts'
import { QualityPanel } from '../quality/QualityPanel.tsx'
import { useQuality } from '../quality/useQuality.ts'
import { BlocksPanel } from './BlocksPanel.tsx'
import { Breadcrumbs } from './Breadcrumbs.tsx'
import { type Device, DeviceWindow, type Scheme } from './DeviceWindow.tsx'
import type { DraftKeeper, DraftState } from './DraftKeeper.ts'
import { EditorActions } from './EditorActions.tsx'
import { EditorKeys } from './EditorKeys.tsx'
import { FieldsPanel } from './FieldsPanel.tsx'
import { HereNow } from './HereNow.tsx'
import type { BlockKind } from './kinds.ts'
import { OutlinePanel } from './OutlinePanel.tsx'
import type { EditedPage, EditedVariant } from './PageEditor.tsx'
import { PreviewDrawer } from './PreviewDrawer.tsx'
import { SaveState } from './SaveState.tsx'
import { StrandedBlocks } from './StrandedBlocks.tsx'
import { rootZone, useBlockDeeds, usePuckState } from './usePuck.ts'
import { useSteps } from './useSteps.ts'
import { VariantTabs } from './VariantTabs.tsx'

type Side = 'blocks' | 'outline'
type Part = 'canvas' | 'parts' | 'fields'

/** What is around the canvas: what can be added, what is there, what is in it, and whether it is kept. */
export function EditorBody({
  page,
  variant,
  kinds,
  styles,
  keeper,
  state,
  showOnCanvas,
  wanted,
}: {
  page: EditedPage
  variant: EditedVariant
  kinds: ReadonlyMap<string, BlockKind>
  styles: string
  keeper: DraftKeeper
  state: DraftState
  /** Set here: puts a content onto the canvas. */
  showOnCanvas: RefObject<(content: PageContent) => void>
  /** Id of a block that somebody wants to see: from a finding, from the address. */
  wanted: string | undefined
}) {
  const m = useMessages(messages)
  const { search, setSearch } = usePage(editorPage)
  const dispatch = usePuckState((puck) => puck.dispatch)
  const data = usePuckState((puck) => puck.appState.data)
  const content = useMemo(() => contentOf({ ...data, root: { props: data.root.props ?? {} } }), [data])
  const selectedItem = usePuckState((puck) => puck.selectedItem) as BlockData | null
  const selector = usePuckState((puck) => puck.appState.ui.itemSelector)
  const deeds = useBlockDeeds()
  const steps = useSteps(deeds)
  const [side, setSide] = useState<Side>('blocks')
  const [right, setRight] = useState<'fields' | 'quality'>('fields')
  const [part, setPart] = useState<Part>('canvas')
  const [device, setDevice] = useState<Device>('desktop')
  const [scheme, setScheme] = useState<Scheme>('light')
  const quality = useQuality(page.id, variant.key, state)
  const { rendered } = useCanvas()
  const answers = useSyncExternalStore(rendered.subscribe, rendered.answers)

  useEffect(() => {
    showOnCanvas.current = (next) =>
      dispatch({ type: 'setData', data: JSON.parse(JSON.stringify(next)), recordHistory: false })
  }, [dispatch, showOnCanvas])
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each block that is wanted
  useEffect(() => {
    if (wanted) deeds.selectById(wanted)
  }, [wanted])
  const selectedId = selectedItem?.props.id
  useEffect(() => {
    if (selectedId !== undefined) setRight('fields')
  }, [selectedId])

  const place = selector && { zone: selector.zone ?? rootZone, index: selector.index }
  const selected = selectedItem && place ? { block: selectedItem, place } : undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the server answers is read through `rendered`
  const notes = useMemo(
    () => notesFor({ selected: selected?.block, kinds, rendered, findings: quality.findings }),
    [selected?.block, kinds, rendered, quality.findings, answers],
  )
  const remarked = useMemo(
    () =>
      new Map(
        quality.findings.flatMap(({ blockId, severity }) =>
          blockId ? [[blockId, severity === 'ERROR' ? ('critical' as const) : ('warning' as const)]] : [],
        ),
      ),
    [quality.findings],
  )
  const add = (kind: BlockKind) => {
    const root = { zone: rootZone, index: placeAtEnd(content.content, kind, kinds) }
    const behind = place && (kind.nests || place.zone === rootZone) ? { ...place, index: place.index + 1 } : root
    deeds.insert(kind, behind)
  }
  return (
    <div className="ed" data-part={part}>
      <EditorKeys steps={steps} />
      <StrandedBlocks content={content} deeds={deeds} />
      <PageFrame
        wide
        title={page.title}
        breadcrumbs={<Breadcrumbs page={page} />}
        badge={<SaveState state={state} onRetry={() => void keeper.flush()} />}
        actions={
          <>
            <HereNow pageId={page.id} variantKey={variant.key} />
            <EditorActions steps={steps} open={(panel) => setSearch({ panel })} />
          </>
        }
      >
        <div className="ed-bar">
          <VariantTabs page={page} variant={variant} content={content} flush={() => keeper.flush()} />
          <SegmentedControl
            label={m.editor.device}
            value={device}
            onChange={setDevice}
            options={(['desktop', 'tablet', 'phone'] as const).map((id) => ({ id, label: m.devices[id] }))}
          />
          <SegmentedControl
            label={m.editor.scheme}
            value={scheme}
            onChange={setScheme}
            options={(['light', 'dark'] as const).map((id) => ({ id, label: m.schemes[id] }))}
          />
        </div>
        <div className="ed-parts">
          <SegmentedControl
            label={m.editor.parts}
            value={part}
            onChange={setPart}
            options={(['canvas', 'parts', 'fields'] as const).map((id) => ({ id, label: m.parts[id] }))}
          />
        </div>
        <div className="ed-grid">
          <aside className="ed-side" data-shown={part === 'parts' || undefined} aria-label={m.parts.parts}>
            <Tabs
              label={m.parts.parts}
              value={side}
              onChange={setSide}
              tabs={[
                { id: 'blocks', label: m.editor.blocks, content: <BlocksPanel kinds={kinds} onAdd={add} /> },
                {
                  id: 'outline',
                  label: m.editor.outline,
                  content: (
                    <OutlinePanel
                      blocks={content.content}
                      kinds={kinds}
                      deeds={deeds}
                      selectedId={selected?.block.props.id}
                      remarked={remarked}
                    />
                  ),
                },
              ]}
            />
          </aside>
          <div className="ed-middle" data-shown={part === 'canvas' || undefined}>
            <DeviceWindow device={device} scheme={scheme} />
          </div>
          <aside className="ed-side" data-shown={part === 'fields' || undefined} aria-label={m.parts.fields}>
            <Tabs
              label={m.parts.fields}
              value={right}
              onChange={setRight}
              tabs={[
                {
                  id: 'fields',
                  label: m.parts.fields,
                  content: (
                    <FieldsPanel
                      selected={selected}
                      kind={selected && kinds.get(selected.block.type)}
                      rootProps={content.root.props}
                      deeds={deeds}
                      notes={notes}
                    />
                  ),
                },
                {
                  id: 'quality',
                  label: m.quality.title,
                  badge:
                    quality.findings.length > 0 ? <span className="ed-count">{quality.findings.length}</span> : null,
                  content: (
                    <QualityPanel
                      pageId={page.id}
                      quality={quality}
                      onShow={(blockId) => (blockId ? deeds.selectById(blockId) : deeds.select(null))}
                    />
                  ),
                },
              ]}
            />
          </aside>
        </div>
      </PageFrame>
      <HistoryDrawer
        open={search.panel === 'history'}
        onClose={() => setSearch({ panel: undefined })}
        page={page}
        variant={variant}
        content={content}
        kinds={kinds}
        styles={styles}
        onRestore={(restored) => {
          keeper.change(restored)
          showOnCanvas.current?.(restored)
        }}
      />
      <PreviewDrawer
        open={search.panel === 'preview'}
        onClose={() => setSearch({ panel: undefined })}
        variant={variant}
        flush={() => keeper.flush()}
      />
      <PublishDialog
        open={search.panel === 'publish'}
        onClose={() => setSearch({ panel: undefined })}
        pageId={page.id}
        flush={() => keeper.flush()}
        kinds={kinds}
      />
    </div>
  )
}

/** Behind the last, but before what is shown at the end anyway. */
function placeAtEnd(content: readonly BlockData[], kind: BlockKind, kinds: ReadonlyMap<string, BlockKind>): number {
  if (kind.atEnd) return content.length
  const last = content.findLastIndex(({ type }) => !kinds.get(type)?.atEnd)
  return last + 1
}
