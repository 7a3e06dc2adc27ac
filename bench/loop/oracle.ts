import type { PageContent } from '@espalier/landing-pages'
import type { BlockData } from '../../packages/plugins/landing-pages/src/blockData.ts'
import { drafts, original, variants } from './pages.ts'
import type { Player } from './season.ts'
import type { Visitors } from './taste.ts'

/** Who knows every taste: shows each day the best page that the blocks at hand can make. */
export function oracle(visitors: Visitors): Player {
  let best = original
  let reckoned = -1
  return {
    show(day) {
      if (day > reckoned) {
        best = climb(best, visitors, day)
        reckoned = day
      }
      return [{ key: 'best', content: best, share: 1 }]
    },
  }
}

const written = [original, ...variants, ...drafts]

/** From all that was written and yesterday's best, change by change, as long as one makes it better. */
function climb(start: PageContent, visitors: Visitors, day: number): PageContent {
  // Yesterday's best is near today's; from the start, everything that was written is tried.
  const ends = (day === 0 ? written : [start]).map((from) => {
    let page = from
    for (;;) {
      const better = neighbours(page)
        .map((content) => ({ content, rate: visitors.rate(content, day) }))
        .reduce((a, b) => (b.rate > a.rate ? b : a))
      if (better.rate <= visitors.rate(page, day)) return page
      page = better.content
    }
  })
  return ends.reduce((a, b) => (visitors.rate(b, day) > visitors.rate(a, day) ? b : a))
}

/** Every page that is one change away: another version, other words on the button, a block more, less, or elsewhere. */
function neighbours({ content, root }: PageContent): PageContent[] {
  const pool = written.flatMap((page) => page.content)
  const page = (blocks: readonly BlockData[]): PageContent => ({ content: blocks, root })
  const present = new Set(content.map(({ type }) => type))
  const inside = content.map((_, index) => index).slice(1, -1)
  const replaced = content.flatMap((block, index) =>
    pool.filter(({ type }) => type === block.type).map((other) => page(content.with(index, other))),
  )
  const labelled = content.flatMap((block, index) =>
    block.type !== 'CallToAction'
      ? []
      : pool
          .filter(({ type }) => type === block.type)
          .map(({ props }) => page(content.with(index, { ...block, props: { ...block.props, label: props.label } }))),
  )
  const removed = inside
    .filter((index) => content[index]?.type !== 'CallToAction')
    .map((index) => page(content.toSpliced(index, 1)))
  const moved = inside.flatMap((from) =>
    inside.map((to) => page(content.toSpliced(from, 1).toSpliced(to, 0, content[from] as BlockData))),
  )
  const added = pool
    .filter(({ type }) => !present.has(type))
    .flatMap((block) => inside.map((at) => page(content.toSpliced(at, 0, block))))
  return [...replaced, ...labelled, ...removed, ...moved, ...added]
}
