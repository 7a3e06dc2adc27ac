import parse, { type DOMNode, Element } from 'html-react-parser'
import {
  Children,
  cloneElement,
  type ElementType,
  isValidElement,
  type ReactElement,
  type ReactNode,
  type Ref,
} from 'react'

/** Draws a slot of a block: as the element that holds it in the server's markup, where it stands there alone. */
export type DrawSlot = (name: string, as?: { readonly element: ElementType; readonly className?: string }) => ReactNode

/**
 * The server's markup of a block as elements, with other blocks in its slots. Nothing in it reacts: links lead nowhere and
 * fields take nothing, for this is a picture of the page.
 *
 * @param html of the house's own renderer, in which everything that people wrote is escaped
 * @param root what the outermost element gets; a wrapper is put around several
 */
export function BlockMarkup({
  html,
  drawSlot,
  root = {},
}: {
  html: string
  drawSlot: DrawSlot
  root?: { readonly ref?: Ref<HTMLElement>; readonly [attribute: `data-${string}`]: string | undefined }
}) {
  const parsed = Children.toArray(parse(html.trim(), { replace: (node) => replaced(node, drawSlot) }))
  const [only] = parsed
  if (parsed.length === 1 && isValidElement(only) && typeof only.type === 'string')
    return cloneElement(only as ReactElement<object>, root)
  return <div {...(root as { ref?: Ref<HTMLDivElement> })}>{parsed}</div>
}

function replaced(node: DOMNode, drawSlot: DrawSlot) {
  if (!(node instanceof Element)) return undefined
  if (node.name === 'e-slot') return <>{drawSlot(node.attribs.name ?? '')}</>
  const [child, ...others] = node.children
  if (child instanceof Element && child.name === 'e-slot' && others.length === 0)
    return (
      <>
        {drawSlot(child.attribs.name ?? '', {
          element: node.name as ElementType,
          ...(node.attribs.class ? { className: node.attribs.class } : {}),
        })}
      </>
    )
  // What plugins' markup might bring of the kind does nothing in a picture either.
  if (node.name === 'script') return still(node, { type: 'text/plain', src: undefined })
  if (node.name === 'details') return still(node, { open: '' })
  if (node.name === 'a') return still(node, { href: undefined })
  if (interactive.has(node.name)) return still(node, { tabindex: '-1', 'aria-disabled': 'true' })
  return undefined

  function still(element: Element, change: Record<string, string | undefined>) {
    for (const [name, value] of Object.entries(change))
      if (value === undefined) delete element.attribs[name]
      else element.attribs[name] = value
    return undefined
  }
}

const interactive = new Set(['button', 'input', 'select', 'textarea', 'summary', 'iframe', 'video', 'audio'])
