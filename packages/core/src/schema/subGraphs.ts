import type { SubGraph } from './builder.ts'

/** For a root field or type that integrators may rely on: `subGraphs: both`. Everything else is the admin's. */
export const both: SubGraph[] = ['admin', 'public']

/** For a field that stays the admin's on a type that both schemas have. */
export const adminOnly: SubGraph[] = ['admin']

export const subGraphDefaults: { defaultForTypes: SubGraph[]; fieldsInheritFromTypes: true } = {
  defaultForTypes: adminOnly,
  fieldsInheritFromTypes: true,
}
