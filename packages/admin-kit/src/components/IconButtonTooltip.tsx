import { useEffect, useMemo, useState } from 'react'
import { Tooltip, TooltipTriggerStateContext } from 'react-aria-components'
import './Tooltip.css'

/** After how long of pointing it comes, and how long it stays afterwards, in milliseconds; at once by keyboard. */
const delay = 500
const closeDelay = 80

/**
 * The words of a button that is an icon alone. It comes after the button, once somebody points at that or reaches it:
 * most buttons are never asked for their words. Escape closes it.
 */
export default function IconButtonTooltip({ button, label }: { button: Element; label: string }) {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const turn = (to: boolean, after = 0) => {
      clearTimeout(timer)
      timer = setTimeout(setOpen, after, to)
    }
    const reached = () => button.matches(':focus-visible') && turn(true)
    const stop = new AbortController()
    const on = (type: string, listen: (event: Event) => void) =>
      button.addEventListener(type, listen, { signal: stop.signal })
    on('pointerenter', () => turn(true, delay))
    on('pointerleave', () => turn(false, closeDelay))
    on('pointerdown', () => turn(false))
    on('focus', reached)
    on('blur', () => turn(false))
    on('keydown', () => turn(false))
    // What brought it here has happened already.
    if (button.matches(':hover')) turn(true, delay)
    reached()
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [button])
  // A tooltip without a trigger of its library asks for the state of one, and breaks on none.
  const state = useMemo(
    () => ({ isOpen: open, shouldSkipAnimation: false, open: () => setOpen(true), close: () => setOpen(false) }),
    [open],
  )
  return (
    <TooltipTriggerStateContext value={state}>
      <Tooltip className="e-tooltip" offset={6} triggerRef={{ current: button }}>
        {label}
      </Tooltip>
    </TooltipTriggerStateContext>
  )
}
