import type { EventSource, EventValue, TrackedEvent } from '@espalier/tracking'
import { compileCondition } from '../assignment/condition.ts'
import type { JsonValue } from '../json.ts'

/** The part of an event that metrics look at: what trackers report and what others measured are alike in it. */
export interface MeasuredEvent extends EventSource {
  readonly name: string
  readonly goal: string | null
  readonly at: Date
  readonly url: string | null
  readonly properties: Readonly<Record<string, unknown>> | null
  readonly value: EventValue | null
  readonly metrics: Pick<NonNullable<TrackedEvent['metrics']>, 'engagedMs'> | null
}

/** Whether an event is one that a metric counts. */
export type Filter = (event: MeasuredEvent) => boolean

/**
 * A filter in the condition language of experiments, over the fields of an event: `path`, `device`, `country`,
 * `utmSource`…, `goal`, `url`, `value.amountMinor`, `properties.plan`. Null takes every event.
 *
 * @param filter checked when it came in
 */
export function compileFilter(filter: JsonValue): Filter {
  if (filter === null) return () => true
  const holds = compileCondition(filter)
  return (event) => holds({ ...event })
}
