/**
 * What is mostly at hand, and has to be waited for when it is not. For what every visit asks: a promise costs a turn of the
 * queue even where nothing is waited for, and a page asks for six such things.
 */
export type Awaitable<Value> = Value | Promise<Value>

/** `next(value)`: at once where the value is at hand. What it throws then is thrown, and not a rejected promise. */
export function onceKnown<Value, Result>(
  value: Awaitable<Value>,
  next: (value: Value) => Awaitable<Result>,
): Awaitable<Result> {
  return value instanceof Promise ? value.then(next) : next(value)
}
