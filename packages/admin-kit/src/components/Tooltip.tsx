import type { ReactElement, ReactNode } from 'react'
import { Tooltip as AriaTooltip, Focusable, TooltipTrigger } from 'react-aria-components'
import './Tooltip.css'

/**
 * Words that come when one points at something or reaches it by keyboard. Nothing that is needed stands in a tooltip
 * alone: fingers do not see it.
 *
 * @param children one thing that takes the focus: a Button, a Link. Set `plain` where it is an element of HTML
 */
export function Tooltip({
  content,
  plain = false,
  children,
}: {
  content: ReactNode
  plain?: boolean
  children: ReactElement<Record<string, unknown>>
}) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      {plain ? <Focusable>{children as ReactElement<React.DOMAttributes<HTMLElement>, string>}</Focusable> : children}
      <AriaTooltip className="e-tooltip" offset={6}>
        {content}
      </AriaTooltip>
    </TooltipTrigger>
  )
}
