import {
  ConflictError,
  ForbiddenError,
  type InputIssue,
  InvalidInputError,
  type LastSave,
  NotFoundError,
} from '../errors.ts'
import { type Told, told } from '../told.ts'
import type { Builder, SubGraph } from './builder.ts'

const everywhere: SubGraph[] = ['admin', 'public']

/** The typed errors that every mutation may answer with, and how its union is named. */
export const errorUnions = {
  defaultTypes: [InvalidInputError, NotFoundError, ConflictError, ForbiddenError],
  defaultUnionOptions: { name: ({ fieldName }: { fieldName: string }) => `${capitalize(fieldName)}Result` },
  defaultResultOptions: { name: ({ fieldName }: { fieldName: string }) => `${capitalize(fieldName)}Success` },
}

/** Gives a builder the interface `Error` and the errors that implement it. */
export function typedErrors(builder: Builder): void {
  const errorInterface = builder.interfaceRef<Error & { code: string; told: Told }>('Error').implement({
    description: 'Why a mutation did nothing. Nothing was written.',
    subGraphs: everywhere,
    fields: (t) => ({
      message: t.string({
        description: 'What is wrong and what to do about it, in a sentence.',
        resolve: (error, _args, ctx) => told(ctx.request.locale, error.told),
      }),
      code: t.exposeString('code', { description: 'A stable code, such as INVALID_INPUT.' }),
    }),
  })

  const issue = builder.objectRef<InputIssue>('InputIssue').implement({
    description: 'One thing that is wrong with an input.',
    authScopes: { public: true },
    subGraphs: everywhere,
    fields: (t) => ({
      path: t.exposeString('path', { description: 'Where, from the argument down: "input.variants.0.weight".' }),
      code: t.exposeString('code', { description: 'A stable code, such as TOO_SMALL.' }),
      message: t.string({
        description: 'What is wrong, in a sentence.',
        resolve: ({ message }, _args, ctx) => told(ctx.request.locale, message),
      }),
    }),
  })

  const lastSave = builder.objectRef<LastSave>('LastSave').implement({
    description: 'Who saved something last.',
    authScopes: { public: true },
    subGraphs: everywhere,
    fields: (t) => ({
      by: t.exposeString('by', { nullable: true, description: 'Their name at the time. Null where it is not known.' }),
      at: t.expose('at', { type: 'DateTime', nullable: true, description: 'When. Null where it is not known.' }),
      version: t.exposeInt('version', { description: 'The version that they made: read that, and change it.' }),
    }),
  })

  const shared = { authScopes: { public: true }, subGraphs: everywhere, interfaces: [errorInterface] } as const
  builder.objectType(InvalidInputError, {
    ...shared,
    name: 'InvalidInputError',
    interfaces: [errorInterface],
    description: 'The input cannot be taken as it is.',
    fields: (t) => ({
      issues: t.field({
        type: [issue],
        description: 'Everything that is wrong with it.',
        extensions: { boundedList: 'At most a few for each field of the input.' },
        resolve: (error) => [...error.issues],
      }),
    }),
  })
  builder.objectType(NotFoundError, {
    ...shared,
    name: 'NotFoundError',
    interfaces: [errorInterface],
    description: 'What the mutation is about does not exist in this workspace, or no longer.',
    fields: (t) => ({
      resourceType: t.exposeString('resourceType', { description: 'What was looked for: "Page".' }),
      resourceId: t.exposeString('resourceId', { description: 'The id that nothing was found under.' }),
    }),
  })
  builder.objectType(ConflictError, {
    ...shared,
    name: 'ConflictError',
    interfaces: [errorInterface],
    description: 'The state of things does not allow it: a slug that is taken, an experiment that runs.',
    fields: (t) => ({
      saved: t.field({
        type: lastSave,
        nullable: true,
        description: 'Where somebody else saved first, who, and when. Null for other conflicts.',
        resolve: ({ saved }) => saved,
      }),
    }),
  })
  builder.objectType(ForbiddenError, {
    ...shared,
    name: 'ForbiddenError',
    interfaces: [errorInterface],
    description: 'Whoever asks lacks the permission, which the message names.',
  })
}

export function capitalize(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
