/** Takes the next so many items; waits for those that have not come yet. */
export async function take<Item>(items: AsyncIterator<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = []
  while (taken.length < count) {
    const { done, value } = await items.next()
    if (done) throw new Error(`Ended after ${taken.length} of ${count} items.`)
    taken.push(value)
  }
  return taken
}

/** Lets every promise that can settle now settle. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Items that arrive, in the background, until the end. */
export function collect<Item>(items: AsyncIterable<Item>): Item[] & { end: Promise<unknown> } {
  const collected: Item[] = []
  const run = async () => {
    for await (const item of items) collected.push(item)
  }
  return Object.assign(collected, { end: run().catch((error: unknown) => error) })
}
