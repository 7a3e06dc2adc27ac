import { CalendarDays } from 'lucide-react'
import { Suspense, useRef, useState } from 'react'
import { useFormat } from '../language/format.ts'
import { useMessages } from '../language/messages.ts'
import { Button } from './Button.tsx'
import { type RangeChoice, resolveRange } from './dateRange.ts'
import { loadedLater } from './loadedLater.ts'
import { words } from './words.ts'

const loadPopover = () => import('./RangePopover.tsx')
// Ahead of time: what does not come now is loaded when it opens.
const comeNear = () => void loadPopover().catch(() => {})
const RangePopover = loadedLater(loadPopover)

/**
 * Chooses a span of days, and what it is compared with. Its value fits into the address of a page; `resolveRange` makes
 * days and instants of it. The choices are loaded when somebody comes near.
 *
 * @param comparable whether comparing makes sense here. Default true
 */
export function DateRangePicker({
  value,
  onChange,
  comparable = true,
}: {
  value: RangeChoice
  onChange: (value: RangeChoice) => void
  comparable?: boolean
}) {
  const m = useMessages(words)
  const { date, timeZone } = useFormat()
  const trigger = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const { preset, days } = resolveRange(value, timeZone)
  const span = days.from === days.to ? date(days.from) : `${date(days.from)} – ${date(days.to)}`
  return (
    <>
      <Button
        ref={trigger}
        icon={CalendarDays}
        aria-haspopup="dialog"
        aria-expanded={open}
        onPress={() => setOpen(true)}
        onHoverStart={comeNear}
        onFocus={comeNear}
      >
        <span className="e-hidden">{m.period} </span>
        {preset === 'custom' ? span : m.presets[preset]}
      </Button>
      {open && (
        <Suspense>
          <RangePopover
            value={value}
            onChange={onChange}
            comparable={comparable}
            trigger={trigger}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  )
}
