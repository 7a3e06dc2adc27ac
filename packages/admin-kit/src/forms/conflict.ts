/** Where two people changed a thing at the same time. */
export interface Conflict<Values extends object> {
  /** Changed by both, and differently: somebody has to choose. */
  readonly both: readonly (keyof Values & string)[]
  /** Changed by the other person, and not otherwise here: taken over. */
  readonly theirs: readonly (keyof Values & string)[]
  /** What is saved when `chosen` decides about those that both changed; theirs where it says nothing. */
  merge(chosen: Readonly<Partial<Record<keyof Values & string, 'mine' | 'theirs'>>>): Values
}

/**
 * Compares two versions with the one that both began with.
 *
 * @param base what this form began with
 * @param mine what it would save
 * @param theirs what is stored now
 */
export function conflictOf<Values extends object>(base: Values, mine: Values, theirs: Values): Conflict<Values> {
  const keys = Object.keys(mine) as (keyof Values & string)[]
  const changedByMe = keys.filter((key) => !equal(base[key], mine[key]))
  const changedByThem = keys.filter((key) => !equal(base[key], theirs[key]))
  const both = changedByMe.filter((key) => changedByThem.includes(key) && !equal(mine[key], theirs[key]))
  return {
    both,
    // Also where this form shows theirs by now, since nobody typed there.
    theirs: changedByThem.filter((key) => !both.includes(key)),
    merge: (chosen) => {
      const merged = { ...theirs }
      for (const key of changedByMe) if (!both.includes(key) || chosen[key] === 'mine') merged[key] = mine[key]
      return merged
    },
  }
}

/** Values of forms are JSON: texts, numbers, lists and objects of them. */
function equal(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
