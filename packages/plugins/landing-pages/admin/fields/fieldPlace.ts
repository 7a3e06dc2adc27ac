import type { ComponentType } from 'react'
import type { FieldNotes, FieldSchema } from './fieldSchema.ts'

/** One prop of a block, or a part of one, and what its field needs. */
export interface FieldPlace {
  readonly schema: FieldSchema
  /** Within the props of the block: "items.0.title". */
  readonly path: string
  readonly label: string
  readonly required: boolean
  readonly value: unknown
  /** Undefined takes it away. */
  readonly onChange: (value: unknown) => void
  readonly notes: FieldNotes
}

/** A field for whatever its schema asks for: what is made of fields takes it, and is one of those that it may be. */
export type AnyField = ComponentType<FieldPlace>
