import { type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql'
import type { ReadDatamodel } from '../data/reads/readModel.ts'

/**
 * Has rows read with the columns alone that somebody asks for. Pothos by itself reads whole rows, the largest JSON with them, unless
 * every field says what it takes; here a field that shows a column takes that one, and a field with a resolver of its own the whole
 * row, as before. Rows that a resolver brings itself are taken as they are.
 *
 * Works on the built schema: told earlier, Pothos would read a row again for each column that it did not plan.
 */
export function narrowReads(schema: GraphQLSchema, datamodel: ReadDatamodel): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.extensions[narrowed]) continue
    const model = datamodel.models[type.extensions.pothosPrismaModel as string]
    if (!model) continue
    const row: Columns = Object.fromEntries(
      model.fields.filter(({ kind }) => kind !== 'object').map(({ name }) => [name, true as const]),
    )
    Object.assign(type.extensions, { pothosPrismaTypeSelection: { select: { id: true } } })
    for (const field of Object.values(type.getFields()))
      Object.assign(field.extensions, { pothosPrismaSelect: selectionOf(field, row) })
  }
}

/** Marks a type, in its extensions, whose `id` is a column and whose fields all belong to the kernel's way of reading. */
export const narrowed = 'espalierNarrowed'

type Columns = Readonly<Record<string, true>>
type Selected = { select?: object } | null | undefined
type Select = (...given: readonly unknown[]) => Selected | Promise<Selected>

interface ReadExtensions {
  readonly pothosPrismaSelect?: object | Select
  readonly pothosExposedField?: string
  readonly pothosOptions?: { readonly select?: unknown; readonly authScopes?: unknown }
}

function selectionOf({ name, extensions }: GraphQLField<unknown, unknown>, row: Columns): object | Select {
  const { pothosPrismaSelect: select, pothosExposedField: column, pothosOptions = {} } = extensions as ReadExtensions
  if (select && !pothosOptions.select) return select
  if (typeof select === 'function') return withRow(select as Select, row)
  if (select) return { ...row, ...select }
  // Who may see a field may depend on the row.
  if (typeof pothosOptions.authScopes === 'function') return row
  if (column !== undefined && row[column]) return { [column]: true }
  return name === 'id' ? { id: true } : row
}

function withRow(select: Select, row: Columns): Select {
  const widened = (selected: Selected) => ({ ...selected, select: { ...row, ...selected?.select } })
  return (...given) => {
    const selected = select(...given)
    return selected instanceof Promise ? selected.then(widened) : widened(selected)
  }
}
