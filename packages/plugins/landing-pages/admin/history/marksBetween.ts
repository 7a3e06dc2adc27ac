import type { Mark } from '../canvas/CanvasContext.tsx'
import { allBlocks, type PageContent, withoutSlots } from '../canvas/content.ts'
import { same } from '../merge/mergeContents.ts'

/** What to outline in two contents that stand beside each other. */
export function marksBetween(
  before: PageContent,
  after: PageContent,
): { readonly before: ReadonlyMap<string, Mark>; readonly after: ReadonlyMap<string, Mark> } {
  const was = byId(before)
  const is = byId(after)
  const marks = { before: new Map<string, Mark>(), after: new Map<string, Mark>() }
  for (const [id, block] of is) {
    const earlier = was.get(id)
    if (!earlier) marks.after.set(id, 'added')
    else if (!same(withoutSlots(earlier), withoutSlots(block))) {
      marks.before.set(id, 'changed')
      marks.after.set(id, 'changed')
    }
  }
  for (const id of was.keys()) if (!is.has(id)) marks.before.set(id, 'removed')
  return marks
}

function byId({ content }: PageContent) {
  return new Map(allBlocks(content).map((block) => [block.props.id, block]))
}
