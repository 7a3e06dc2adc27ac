import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useMessages } from '../language/messages.ts'
import { ChartFrame } from './ChartFrame.tsx'
import { type ChartColor, drawnIn } from './color.ts'
import { box, type Direction, type LineageEdge, type LineageNode, neighbor, type Placed, place } from './lineage.ts'
import { messages } from './messages.ts'
import { usePanZoom } from './usePanZoom.ts'
import './lineage.css'

/** What a node stands for, and how it is doing. */
export interface DrawnNode extends LineageNode {
  readonly color?: ChartColor
  /** Such as the version that is in use. */
  readonly emphasized?: boolean
}

/**
 * What came of what, by layers: parents above, a node may have several. Arrow keys walk it; dragging moves it, Ctrl with the
 * wheel or the buttons enlarge it. As a table it lists each node with what it came from.
 *
 * @param nodes the origin first; what is drawn first has the keyboard first
 * @param selected id of the node that is shown elsewhere
 * @param height in pixels
 */
export function LineageGraph({
  label,
  nodes,
  edges,
  selected,
  onSelect,
  height = 360,
}: {
  label: string
  nodes: readonly DrawnNode[]
  edges: readonly LineageEdge[]
  selected?: string | undefined
  onSelect?: (id: string) => void
  height?: number
}) {
  const m = useMessages(messages)
  const placed = usePlaced(nodes, edges)
  const frame = useRef<HTMLDivElement>(null)
  const { view, zoom, fit, reveal, handlers } = usePanZoom(frame, placed)
  const [focused, setFocused] = useState<string>()
  const reachable = focused ?? selected ?? nodes[0]?.id

  const labelOf = (id: string) => nodes.find((node) => node.id === id)?.label ?? id
  const parentsOf = (id: string) => edges.flatMap(({ from, to }) => (to === id && from !== id ? [labelOf(from)] : []))
  const walk = (event: KeyboardEvent, id: string) => {
    const direction = directions[event.key]
    if (event.key === '+' || event.key === '-') zoom(event.key === '+' ? 1.25 : 0.8)
    else if (event.key === '0') fit()
    else if (direction) {
      event.preventDefault()
      const to = placed && neighbor(id, direction, edges, placed.boxes)
      if (to) frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(to)}"]`)?.focus()
    }
  }

  return (
    <ChartFrame
      label={label}
      height={height}
      table={() => ({
        columns: [m.name, m.value, m.parents],
        rows: nodes.map(({ id, label, detail = '' }) => ({ id, cells: [label, detail, parentsOf(id).join(', ')] })),
      })}
    >
      <div ref={frame} className="e-lineage" style={{ height }} {...handlers}>
        {nodes.length === 0 && <p className="e-chart-nothing">{m.nothing}</p>}
        {!placed && nodes.length > 0 && <p className="e-hidden">{m.drawing}</p>}
        {placed && (
          <div
            className="e-lineage-world"
            style={{
              width: placed.width,
              height: placed.height,
              transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
            }}
          >
            <svg width={placed.width} height={placed.height} aria-hidden="true">
              {placed.paths.map(({ id, from, to, d }) => (
                <path key={id} d={d} data-near={from === reachable || to === reachable || undefined} />
              ))}
            </svg>
            {nodes.map(({ id, label, detail, color, emphasized }, index) => {
              const at = placed.boxes.get(id)
              const parents = parentsOf(id)
              return (
                <button
                  key={id}
                  type="button"
                  data-node={id}
                  data-emphasized={emphasized || undefined}
                  aria-pressed={id === selected}
                  aria-description={parents.length > 0 ? m.cameFrom(parents) : m.origin}
                  tabIndex={id === reachable ? 0 : -1}
                  style={{
                    ...drawnIn(color ?? 'muted', index),
                    left: at?.x,
                    top: at?.y,
                    width: box.width,
                    height: box.height,
                  }}
                  onFocus={() => {
                    setFocused(id)
                    if (at) reveal({ ...at, ...box })
                  }}
                  onKeyDown={(event) => walk(event, id)}
                  onClick={() => onSelect?.(id)}
                >
                  <span>{label}</span>
                  {detail && <small>{detail}</small>}
                </button>
              )
            })}
          </div>
        )}
        <div className="e-lineage-tools">
          <button type="button" aria-label={m.zoomIn} onClick={() => zoom(1.25)}>
            +
          </button>
          <button type="button" aria-label={m.zoomOut} onClick={() => zoom(0.8)}>
            −
          </button>
          <button type="button" aria-label={m.fit} onClick={fit}>
            ⤢
          </button>
        </div>
        <p className="e-hidden">{m.graph}</p>
      </div>
    </ChartFrame>
  )
}

const directions: Record<string, Direction | undefined> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}

/** The places, laid out anew only when the graph is another: a live page gives new arrays with the same nodes. */
function usePlaced(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): Placed | undefined {
  const [placed, setPlaced] = useState<Placed>()
  const shape = useMemo(
    () => JSON.stringify([nodes.map(({ id }) => id), edges.map(({ from, to }) => [from, to])]),
    [nodes, edges],
  )
  useEffect(() => {
    let isCurrent = true
    const [ids, pairs] = JSON.parse(shape) as [string[], [string, string][]]
    place(
      ids.map((id) => ({ id, label: id })),
      pairs.map(([from, to]) => ({ from, to })),
    ).then((next) => {
      if (isCurrent) setPlaced(next)
    })
    return () => {
      isCurrent = false
    }
  }, [shape])
  // Nodes that came since have no place yet.
  return placed
}
