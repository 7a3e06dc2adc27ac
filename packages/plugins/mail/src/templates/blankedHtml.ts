import { Context, type Emitter, type Template, toValueSync } from 'liquidjs'
import { blank, escaped, htmlEngine, leftOut } from './engine.ts'

/** HTML with a {@link blank} in place of each value: the same for many mails of a template. */
export interface BlankedHtml {
  /** As they came one after another; those that stand in the template are the same strings each time. */
  readonly pieces: readonly string[]
  /** Escaped, in their order. */
  readonly values: readonly string[]
}

/** Fills a template in as {@link htmlEngine} does, and leaves the values beside it. */
export function renderBlanked(template: readonly Template[], scope: object): BlankedHtml {
  const values: string[] = []
  const context = new Context(scope, htmlEngine.options, { sync: true }, { liquid: htmlEngine })
  context.setRegister(leftOut, values)
  const pieces = new Pieces()
  for (const part of template) {
    const text = plainText(context, pathOf(part))
    if (text !== undefined) pieces.write(escaped.call({ context }, text))
    else toValueSync(htmlEngine.renderer.renderTemplates([part], context, pieces))
    if (context.breakCalled || context.continueCalled) break
  }
  return { pieces: pieces.all, values }
}

class Pieces implements Emitter {
  readonly all: string[] = []
  /** Nobody asks for the whole. */
  readonly buffer = ''

  write(piece: unknown): void {
    this.all.push(typeof piece === 'string' ? piece : String(piece ?? ''))
  }
}

const paths = new WeakMap<Template, readonly string[]>()
const noPath: readonly string[] = []

/** What a part shows as it is, such as ["mail", "postalAddress"]; empty where it does more than that. */
function pathOf(part: Template): readonly string[] {
  let path = paths.get(part)
  if (!path) {
    const [, names] = /^\{\{-?\s*([a-z_]\w*(?:\.[a-z_]\w*)*)\s*-?\}\}$/i.exec(part.token.getText()) ?? []
    path = names?.split('.') ?? noPath
    // What liquid counts, and its literals: it reads them by itself.
    if (path.some((name) => reserved.has(name))) path = noPath
    paths.set(part, path)
  }
  return path
}

const reserved = new Set(['size', 'first', 'last', 'true', 'false', 'nil', 'null', 'empty', 'blank', 'undefined'])

/** Most values are text that is shown as it is: liquid's generators take ten times as long to find it. Undefined for any other. */
function plainText(context: Context, path: readonly string[]): string | undefined {
  const [first] = path
  if (first === undefined) return undefined
  // Between the parts of a whole, what was assigned is all that stands before the data.
  const assigned = context.bottom()
  let value: unknown = first in assigned ? assigned : context.environments
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return typeof value === 'string' ? value : undefined
}
