import { describe, expect, it } from 'vitest'
import { box, neighbor, place } from '../../src/charts/lineage.ts'
import { fitted, revealed } from '../../src/charts/usePanZoom.ts'
import { keyTarget } from '../../src/charts/Walk.tsx'

const node = (id: string) => ({ id, label: id })

describe('a graph of what came of what', () => {
  const edges = [
    { from: 'origin', to: 'bold' },
    { from: 'origin', to: 'calm' },
    { from: 'bold', to: 'child' },
    { from: 'calm', to: 'child' },
  ]
  const nodes = ['origin', 'bold', 'calm', 'child'].map(node)

  it('puts parents above their children, and no box upon another', async () => {
    const { boxes, width, height } = await place(nodes, edges)
    for (const { from, to } of edges) expect(boxes.get(from)?.y).toBeLessThan(boxes.get(to)?.y ?? 0)
    const bold = boxes.get('bold')?.x ?? 0
    const calm = boxes.get('calm')?.x ?? 0
    expect(Math.abs(bold - calm)).toBeGreaterThan(box.width)
    expect(width).toBeGreaterThan(2 * box.width)
    expect(height).toBeGreaterThan(3 * box.height)
  })

  it('is walked by arrow keys', async () => {
    const { boxes } = await place(nodes, edges)
    const left = (boxes.get('bold')?.x ?? 0) < (boxes.get('calm')?.x ?? 0) ? 'bold' : 'calm'
    const right = left === 'bold' ? 'calm' : 'bold'
    expect(neighbor('child', 'up', edges, boxes)).toBeOneOf(['bold', 'calm'])
    expect(neighbor('bold', 'up', edges, boxes)).toBe('origin')
    expect(neighbor(left, 'right', edges, boxes)).toBe(right)
    expect(neighbor(right, 'left', edges, boxes)).toBe(left)
    expect(neighbor('origin', 'up', edges, boxes)).toBeUndefined()
    expect(neighbor('child', 'down', edges, boxes)).toBeUndefined()
  })

  it('draws what it is given: no nodes, one, parents that nobody knows, a node that names itself', async () => {
    expect((await place([], [])).boxes.size).toBe(0)
    expect((await place([node('one')], [])).boxes.size).toBe(1)
    const odd = await place(
      [node('one')],
      [
        { from: 'gone', to: 'one' },
        { from: 'one', to: 'one' },
      ],
    )
    expect(odd.paths).toEqual([])
  })

  it('is fitted into its frame, but never to what nobody can read', () => {
    expect(fitted({ width: 400, height: 300 }, { width: 200, height: 100 })).toEqual({ x: 100, y: 100, scale: 1 })
    expect(fitted({ width: 400, height: 300 }, { width: 8000, height: 100 }).scale).toBe(0.5)
    expect(fitted({ width: 400, height: 300 }, { width: 0, height: 0 }).scale).toBe(1)
  })

  it('moves what has the focus into sight, and nothing that is there already', () => {
    const view = { x: 0, y: 0, scale: 1 }
    const room = { width: 300, height: 200 }
    expect(revealed(view, { x: 20, y: 20, width: 100, height: 50 }, room)).toEqual(view)
    expect(revealed(view, { x: 500, y: 20, width: 100, height: 50 }, room)).toEqual({ x: -312, y: 0, scale: 1 })
  })
})

describe('the keys that walk a drawing', () => {
  it('go from point to point and stay at the ends', () => {
    expect(keyTarget('ArrowRight', 3, 9)).toBe(4)
    expect(keyTarget('ArrowRight', 9, 9)).toBe(9)
    expect(keyTarget('ArrowLeft', 0, 9)).toBe(0)
    expect(keyTarget('ArrowLeft', undefined, 9)).toBe(9)
    expect(keyTarget('Home', 5, 9)).toBe(0)
    expect(keyTarget('End', 5, 9)).toBe(9)
    expect(keyTarget('PageUp', 0, 99)).toBe(10)
  })

  it('let go, and leave all other keys alone', () => {
    expect(keyTarget('Escape', 3, 9)).toBe('none')
    expect(keyTarget('Escape', undefined, 9)).toBeUndefined()
    expect(keyTarget('a', 3, 9)).toBeUndefined()
    expect(keyTarget('ArrowLeft', undefined, -1)).toBeUndefined()
  })
})
