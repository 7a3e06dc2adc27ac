import { parseDate } from '@internationalized/date'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import {
  RangeCalendar as AriaRangeCalendar,
  Button,
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  Heading,
} from 'react-aria-components'
import { useMessages } from '../language/messages.ts'
import type { DaySpan } from './dateRange.ts'
import { words } from './words.ts'

/** A month, in which one chooses the first and the last day. Loaded when somebody wants their own dates. */
export default function RangeCalendar({ from, to, onChange }: DaySpan & { onChange: (days: DaySpan) => void }) {
  const m = useMessages(words)
  return (
    <AriaRangeCalendar
      className="e-calendar"
      aria-label={m.pickDates}
      defaultValue={{ start: parseDate(from), end: parseDate(to) }}
      defaultFocusedValue={parseDate(to)}
      onChange={({ start, end }) => onChange({ from: start.toString(), to: end.toString() })}
    >
      <header className="e-calendar-head">
        <Button slot="previous" className="e-input-button" aria-label={m.previousMonth}>
          <ChevronLeft size={16} aria-hidden="true" />
        </Button>
        <Heading level={3} />
        <Button slot="next" className="e-input-button" aria-label={m.nextMonth}>
          <ChevronRight size={16} aria-hidden="true" />
        </Button>
      </header>
      <CalendarGrid>
        <CalendarGridHeader>{(day) => <CalendarHeaderCell>{day}</CalendarHeaderCell>}</CalendarGridHeader>
        <CalendarGridBody>{(day) => <CalendarCell date={day} className="e-day" />}</CalendarGridBody>
      </CalendarGrid>
    </AriaRangeCalendar>
  )
}
