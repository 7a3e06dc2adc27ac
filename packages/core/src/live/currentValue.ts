const mark: unique symbol = Symbol('espalier.currentValue')

/** Says that a source begins with the current value, and that each of its items stands for all of it. */
export function marksCurrentValue<Source extends object>(source: Source): Source {
  return Object.assign(source, { [mark]: true })
}

/** Whether {@link marksCurrentValue} was said of it: then the latest item is what somebody who comes later wants first. */
export function isCurrentValue(source: object): boolean {
  return mark in source
}
