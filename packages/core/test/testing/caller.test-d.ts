import type { DocumentNode } from 'graphql'
import { expectTypeOf, test } from 'vitest'
import type { Caller, TypedDocument } from '../../src/testing/index.ts'

type Planted = {
  __typename?: 'Mutation'
  plantTree:
    | { __typename: 'PlantTreeSuccess'; data: { id: string } }
    | { __typename: 'ConflictError'; code: string; message: string }
}
declare const caller: Caller
declare const plant: TypedDocument<Planted, { kind: string }>
/** As GraphQL Code Generator makes them, parsed and as strings. */
declare const parsed: DocumentNode & { __apiType?: (variables: { kind: string }) => Planted }
declare class TypedDocumentString<Result, Variables> extends String {
  __apiType?: (variables: Variables) => Result
}
declare const text: TypedDocumentString<{ trees: number }, { first?: number }>

test('a document says what it takes and what it gives', () => {
  expectTypeOf(caller.ask(plant, { kind: 'pear' })).resolves.toEqualTypeOf<Planted>()
  expectTypeOf(caller.mutate(plant, { kind: 'pear' })).resolves.toEqualTypeOf<{ id: string }>()
  expectTypeOf(caller.mutate(parsed, { kind: 'pear' })).resolves.toEqualTypeOf<{ id: string }>()
  expectTypeOf(caller.refused(plant, { kind: 'pear' })).resolves.toEqualTypeOf<{
    __typename: 'ConflictError'
    code: string
    message: string
  }>()
})

test('variables are checked, and may be left out where none is required', () => {
  // @ts-expect-error it takes a kind
  void (() => caller.ask(plant))
  // @ts-expect-error of text
  void (() => caller.mutate(plant, { kind: 1 }))
  expectTypeOf(caller.ask(text)).resolves.toEqualTypeOf<{ trees: number }>()
})

test('a plain string says nothing of its answer, unless told', () => {
  expectTypeOf(caller.ask<{ trees: number }>('{ trees }')).resolves.toEqualTypeOf<{ trees: number }>()
})
