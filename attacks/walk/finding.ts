/** A place where a workspace showed through to another. */
export interface Finding {
  /** `Query.page(slug:)`, `POST /collect`. */
  readonly where: string
  /** Who asked. */
  readonly who: string
  /**
   * `tells`: an answer holds a value of the neighbor's. `differs`: what the neighbor has is answered otherwise than what nobody has.
   * `changes`: rows of the neighbor's are not as they were. `counts`: an answer depends on how much the neighbor has.
   */
  readonly how: 'tells' | 'differs' | 'changes' | 'counts'
  readonly detail: string
}

/** Runs work for each item, a few at a time. */
export async function each<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  atOnce = 4,
): Promise<void> {
  const left = items.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await work(item)
    }),
  )
}
