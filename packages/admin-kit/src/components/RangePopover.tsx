import { type RefObject, Suspense, useState } from 'react'
import { Dialog as AriaDialog, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import { useFormat } from '../language/format.ts'
import { useMessages } from '../language/messages.ts'
import { type Comparison, comparisons, type RangeChoice, rangePresets, resolveRange } from './dateRange.ts'
import { loadedLater } from './loadedLater.ts'
import { Select } from './Select.tsx'
import { Skeleton } from './Skeleton.tsx'
import { words } from './words.ts'
import './DateRangePicker.css'

// Calendars are heavy, and most people stay with the presets.
const RangeCalendar = loadedLater(() => import('./RangeCalendar.tsx'))

/** The choices of a `DateRangePicker`: takes the focus, and gives it back when it closes. */
export default function RangePopover({
  value,
  onChange,
  comparable,
  trigger,
  onClose,
}: {
  value: RangeChoice
  onChange: (value: RangeChoice) => void
  comparable: boolean
  trigger: RefObject<HTMLButtonElement | null>
  onClose: () => void
}) {
  const m = useMessages(words)
  const { date, timeZone } = useFormat()
  const [ownDates, setOwnDates] = useState(false)
  const { preset, compare, days } = resolveRange(value, timeZone)
  const span = days.from === days.to ? date(days.from) : `${date(days.from)} – ${date(days.to)}`
  const shown = ownDates ? 'custom' : preset
  return (
    <Popover
      className="e-popover e-range-popover"
      placement="bottom end"
      offset={4}
      trigger="DialogTrigger"
      triggerRef={trigger}
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
    >
      <AriaDialog className="e-range" aria-label={m.period}>
        <ListBox
          className="e-options"
          aria-label={m.period}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[shown]}
          autoFocus
          // With a selection, Enter selects: there is no action then.
          onSelectionChange={(keys) => {
            const chosen = rangePresets.find((candidate) => keys !== 'all' && keys.has(candidate))
            setOwnDates(chosen === 'custom')
            if (chosen === undefined || chosen === 'custom') return
            onChange({ preset: chosen, compare: value.compare })
            onClose()
          }}
        >
          {rangePresets.map((id) => (
            <ListBoxItem key={id} id={id} className="e-option" textValue={m.presets[id]}>
              {m.presets[id]}
            </ListBoxItem>
          ))}
        </ListBox>
        <p className="e-range-span">{span}</p>
        {shown === 'custom' && (
          <Suspense fallback={<Skeleton height="18.5rem" />}>
            <RangeCalendar
              from={days.from}
              to={days.to}
              onChange={(chosen) => {
                onChange({ preset: 'custom', ...chosen, compare: value.compare })
                onClose()
              }}
            />
          </Suspense>
        )}
        {comparable && (
          <Select<Comparison>
            label={m.compareWith}
            options={comparisons.map((id) => ({ id, label: m.comparisons[id] }))}
            value={compare}
            onChange={(chosen) => onChange({ ...value, compare: chosen })}
          />
        )}
      </AriaDialog>
    </Popover>
  )
}
