import type { Told } from '@espalier/core'
import { conditionProblems } from '../../assignment/conditionInput.ts'
import { notes } from '../notes.ts'
import { isObject } from './export.ts'

export type Groups = ReadonlyMap<string, unknown>

/** Who is meant, as GrowthBook says it. */
export interface Targeted {
  /** As JSON in a text (REST API) or as an object (SDK). */
  readonly condition?: unknown
  readonly savedGroupTargeting?:
    | readonly { readonly matchType: string; readonly savedGroups: readonly string[] }[]
    | null
}

export interface Targeting {
  /** Null lets everybody in. */
  readonly condition: Record<string, unknown> | null
  /** Why it cannot be carried over; empty where it can. */
  readonly problems: readonly Told[]
}

/**
 * Who takes part, in the condition language that GrowthBook's is: saved groups are written out as the values that they hold.
 */
export function targetingOf({ condition, savedGroupTargeting }: Targeted, groups: Groups): Targeting {
  const problems: Told[] = []
  const parts: Record<string, unknown>[] = []
  const given = typeof condition === 'string' ? parsed(condition) : (condition ?? {})
  if (!isObject(given)) return { condition: null, problems: [notes.noJson()] }
  const written = writtenOut(given, groups, problems) as Record<string, unknown>
  if (Object.keys(written).length > 0) parts.push(written)
  for (const { matchType, savedGroups } of savedGroupTargeting ?? []) {
    const meant = savedGroups.map((id) => groupCondition(id, groups, problems))
    if (meant.length === 0) continue
    if (matchType === 'all') parts.push(...meant)
    else parts.push(matchType === 'none' ? { $nor: meant } : { $or: meant })
  }
  const whole = parts.length > 1 ? { $and: parts } : (parts[0] ?? null)
  if (whole)
    for (const { path, message } of conditionProblems(whole)) problems.push(notes.condition(path.join('.'), message))
  return { condition: whole, problems }
}

/** A condition in which membership of a group is membership of its list. */
function writtenOut(part: unknown, groups: Groups, problems: Told[]): unknown {
  if (Array.isArray(part)) return part.map((each) => writtenOut(each, groups, problems))
  if (!isObject(part)) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => {
      if (key !== '$inGroup' && key !== '$notInGroup') return [key, writtenOut(value, groups, problems)]
      const values = valuesOf(String(value), groups, problems)
      return [key === '$inGroup' ? '$in' : '$nin', values]
    }),
  )
}

function groupCondition(id: string, groups: Groups, problems: Told[]): Record<string, unknown> {
  const group = groups.get(id)
  if (isObject(group) && group.type === 'condition') {
    const condition = parsed(String(group.condition ?? ''))
    if (isObject(condition)) return writtenOut(condition, groups, problems) as Record<string, unknown>
    problems.push(notes.noJson())
  } else if (isObject(group) && typeof group.attributeKey === 'string')
    return { [group.attributeKey]: { $in: valuesOf(id, groups, problems) } }
  else problems.push(notes.savedGroup(id))
  return {}
}

function valuesOf(id: string, groups: Groups, problems: Told[]): readonly unknown[] {
  const group = groups.get(id)
  const values = isObject(group) ? group.values : group
  if (Array.isArray(values)) return values
  problems.push(notes.savedGroup(id))
  return []
}

function parsed(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
