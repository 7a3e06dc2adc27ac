import type { Catalog } from './catalog.ts'

/** A model of Prisma's as a table: enough to write SQL for what is asked of it. */
export interface ReadModel {
  readonly table: string
  readonly columns: ReadonlyMap<string, ReadColumn>
  readonly relations: ReadonlyMap<string, ReadRelation>
  /** Prisma's name of each unique key of several columns, such as `workspaceId_id`, and its columns. */
  readonly uniqueKeys: ReadonlyMap<string, readonly string[]>
}

export interface ReadColumn {
  readonly name: string
  /** Its type in PostgreSQL, as in a cast. */
  readonly type: string
  readonly kind: ColumnKind
  readonly list: boolean
}

/** How Prisma shows a value in JavaScript; an enum is a text. */
export type ColumnKind = 'text' | 'int' | 'float' | 'boolean' | 'bigint' | 'instant' | 'day' | 'json' | 'bytes'

export interface ReadRelation {
  readonly model: string
  readonly list: boolean
  /** Pairs of columns: ours, theirs. */
  readonly on: readonly (readonly [string, string])[]
}

/** Of Prisma's datamodel, as `getDatamodel()` of Pothos' generator has it, what a read needs. */
export interface ReadDatamodel {
  readonly models: Readonly<Record<string, DatamodelModel>>
}

interface DatamodelModel {
  readonly fields: readonly DatamodelField[]
  readonly primaryKey: UniqueKey | null
  readonly uniqueIndexes: readonly UniqueKey[]
}

interface UniqueKey {
  readonly name: string | null
  readonly fields: readonly string[]
}

interface DatamodelField {
  readonly name: string
  readonly type: string
  readonly kind: string
  readonly isList: boolean
  readonly relationName?: string
  readonly relationFromFields?: readonly string[]
}

/**
 * The models that stand in the database as the datamodel has them. A model with a column that is not there, or of a type that this
 * does not know, is left out: Prisma reads it.
 */
export function readModels(datamodel: ReadDatamodel, catalog: Catalog): ReadonlyMap<string, ReadModel> {
  const models = new Map<string, ReadModel>()
  for (const [name, model] of Object.entries(datamodel.models)) {
    const columns = columnsOf(name, model, catalog)
    if (!columns) continue
    const relations = new Map<string, ReadRelation>()
    for (const field of model.fields) {
      const on = field.kind === 'object' && joined(name, field, datamodel, catalog)
      if (on) relations.set(field.name, { model: field.type, list: field.isList, on })
    }
    const keys = [...(model.primaryKey ? [model.primaryKey] : []), ...model.uniqueIndexes]
    const uniqueKeys = new Map(keys.map((key) => [key.name ?? key.fields.join('_'), key.fields]))
    models.set(name, { table: name, columns, relations, uniqueKeys })
  }
  return models
}

function columnsOf(table: string, { fields }: DatamodelModel, catalog: Catalog): Map<string, ReadColumn> | undefined {
  const types = catalog.columns.get(table)
  const columns = new Map<string, ReadColumn>()
  for (const { name, type: prismaType, kind: fieldKind, isList: list } of fields) {
    if (fieldKind === 'object') continue
    const type = types?.get(name)
    const kind = type && kindOf(prismaType, fieldKind, type)
    if (!kind || (list && kind !== 'text' && kind !== 'int')) return undefined
    columns.set(name, { name, type: list ? type.replace(/\[\]$/, '') : type, kind, list })
  }
  return columns
}

function kindOf(prismaType: string, fieldKind: string, type: string): ColumnKind | undefined {
  if (fieldKind === 'enum') return 'text'
  if (prismaType === 'DateTime') {
    if (type === 'date') return 'day'
    return type.endsWith('with time zone') ? 'instant' : undefined
  }
  return kinds[prismaType]
}

const kinds: Readonly<Record<string, ColumnKind>> = {
  String: 'text',
  Int: 'int',
  Float: 'float',
  Boolean: 'boolean',
  BigInt: 'bigint',
  Json: 'json',
  Bytes: 'bytes',
}

/** The columns that a relation joins, by the foreign key behind it: on this side or, for its back, on the other. */
function joined(
  model: string,
  field: DatamodelField,
  { models }: ReadDatamodel,
  { foreignKeys }: Catalog,
): [string, string][] | undefined {
  const own = field.relationFromFields?.length ? field.relationFromFields : undefined
  const back =
    !own &&
    models[field.type]?.fields.find(
      (other) =>
        other.relationName === field.relationName &&
        other.type === model &&
        other.relationFromFields?.length &&
        !(field.type === model && other.name === field.name),
    )
  const from = own ? { table: model, columns: own, to: field.type } : undefined
  const holder =
    from ?? (back ? { table: field.type, columns: back.relationFromFields as readonly string[], to: model } : undefined)
  const key = foreignKeys.find(
    ({ table, columns, refersTo }) =>
      table === holder?.table && refersTo === holder.to && columns.join() === holder.columns.join(),
  )
  return key?.columns.map((column, place) => {
    const referred = key.referredColumns[place] as string
    return own ? [column, referred] : [referred, column]
  })
}
