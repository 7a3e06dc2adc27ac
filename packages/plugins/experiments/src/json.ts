/** What a column of JSON holds: as Prisma's own type has it, so that rows and inputs fit. */
export type JsonValue = string | number | boolean | null | JsonObject | JsonArray

export interface JsonObject {
  [key: string]: JsonValue | undefined
}

export interface JsonArray extends Array<JsonValue> {}
