/** Something that came of others, or that others came of. */
export interface LineageNode {
  readonly id: string
  /** What stands in its box. */
  readonly label: string
  /** A second, quieter line. */
  readonly detail?: string
}

/** What came of what. */
export interface LineageEdge {
  /** Id of the parent. */
  readonly from: string
  /** Id of what came of it. */
  readonly to: string
  readonly label?: string
}

export interface Placed {
  /** Left upper corner of each box. */
  readonly boxes: ReadonlyMap<string, { readonly x: number; readonly y: number }>
  readonly paths: readonly { readonly id: string; readonly from: string; readonly to: string; readonly d: string }[]
  readonly width: number
  readonly height: number
}

export const box = { width: 168, height: 52 } as const

/**
 * Places of a graph's nodes by layers, parents above what came of them. The library for it is loaded when the first graph is
 * drawn.
 */
export async function place(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): Promise<Placed> {
  const { Graph, layout } = await import('@dagrejs/dagre')
  const graph = new Graph()
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 44, marginx: 12, marginy: 12 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of nodes) graph.setNode(id, { ...box })
  const known = new Set(nodes.map(({ id }) => id))
  const drawn = edges.filter(({ from, to }) => from !== to && known.has(from) && known.has(to))
  for (const { from, to } of drawn) graph.setEdge(from, to)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  return {
    boxes: new Map(
      nodes.map(({ id }) => {
        const { x, y } = graph.node(id) as { x: number; y: number }
        return [id, { x: x - box.width / 2, y: y - box.height / 2 }]
      }),
    ),
    paths: drawn.map(({ from, to }) => {
      const { points } = graph.edge(from, to) as { points: { x: number; y: number }[] }
      return { id: `${from} ${to}`, from, to, d: curve(points) }
    }),
    width: Number.isFinite(width) ? width : 0,
    height: Number.isFinite(height) ? height : 0,
  }
}

/** Bends between the points of an edge, downwards at both ends. */
function curve(points: readonly { x: number; y: number }[]): string {
  return points
    .map(({ x, y }, index) => {
      const before = points[index - 1]
      if (!before) return `M${x},${y}`
      const middle = (before.y + y) / 2
      return `C${before.x},${middle} ${x},${middle} ${x},${y}`
    })
    .join(' ')
}

export type Direction = 'up' | 'down' | 'left' | 'right'

/**
 * Where an arrow key goes from a node: up to its first parent, down to the first of what came of it, left and right to its
 * neighbors of the same layer. Undefined: there is nothing.
 */
export function neighbor(
  id: string,
  direction: Direction,
  edges: readonly LineageEdge[],
  boxes: Placed['boxes'],
): string | undefined {
  const at = boxes.get(id)
  if (!at) return undefined
  const closest = (ids: readonly string[]) =>
    ids
      .flatMap((other) => {
        const place = boxes.get(other)
        return place ? [{ other, distance: Math.abs(place.x - at.x) }] : []
      })
      .toSorted((a, b) => a.distance - b.distance)[0]?.other
  if (direction === 'up') return closest(edges.flatMap(({ from, to }) => (to === id ? [from] : [])))
  if (direction === 'down') return closest(edges.flatMap(({ from, to }) => (from === id ? [to] : [])))
  const side = direction === 'left' ? -1 : 1
  return closest([...boxes].flatMap(([other, { x, y }]) => (y === at.y && (x - at.x) * side > 0 ? [other] : [])))
}
