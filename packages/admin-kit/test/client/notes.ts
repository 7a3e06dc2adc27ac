import { createHash } from 'node:crypto'
import {
  asIs,
  type Builder,
  ConflictError,
  definePlugin,
  defineTopic,
  follow,
  InvalidInputError,
  type Live,
} from '@espalier/core'
import type { TypedDocument } from '../../src/client/typedDocument.ts'

interface Note {
  readonly id: string
  text: string
}

const changed = defineTopic<null>({ name: 'notes.changed', coalesce: () => null, afterGap: () => null })

/** Notes that are kept in memory: what the client is tested against needs types, not tables. */
class Notes {
  readonly live: Live
  readonly #workspaces = new Map<string, Map<string, Note>>()

  constructor(live: Live) {
    this.live = live
  }

  of(workspaceId: string): Map<string, Note> {
    const all = this.#workspaces.get(workspaceId) ?? new Map<string, Note>()
    this.#workspaces.set(workspaceId, all)
    return all
  }
}

export const notes = definePlugin({
  name: 'notes',
  permissions: { 'notes:read': 'Read notes', 'notes:write': 'Write notes' },
  setup: ({ live }) => new Notes(live),
  schema: [noteTypes],
})

function noteTypes(builder: Builder, notes: Notes): void {
  const read = { authScopes: { permission: 'notes:read' } } as const
  const write = { authScopes: { permission: 'notes:write' } } as const

  const Note = builder.objectRef<Note>('Note')
  builder.node(Note, {
    description: 'A note.',
    ...read,
    id: { description: 'Its id.', resolve: ({ id }) => id },
    loadOne: (id, ctx) => notes.of(ctx.workspaceId).get(id),
    fields: (t) => ({ text: t.exposeString('text', { description: 'What it says.' }) }),
  })

  builder.queryField('notes', (t) =>
    t.field({
      type: [Note],
      description: 'All notes.',
      extensions: { boundedList: 'a test has few' },
      ...read,
      resolve: (_root, _args, ctx) => [...notes.of(ctx.workspaceId).values()],
    }),
  )

  builder.mutationField('writeNote', (t) =>
    t.field({
      type: Note,
      description: 'Writes a note, or over one.',
      ...write,
      args: {
        id: t.arg.string({ required: true, description: 'Which.' }),
        text: t.arg.string({ required: true, description: 'What it says.' }),
      },
      resolve: (_root, { id, text }, ctx) => {
        if (text === '')
          throw new InvalidInputError([{ path: 'text', code: 'too_small', message: asIs('Write something.') }])
        if (text === 'taken') throw new ConflictError(asIs('Somebody wrote that already.'))
        const note = { id, text }
        notes.of(ctx.workspaceId).set(id, note)
        ctx.announce(changed, id, null)
        ctx.audit({ resourceType: 'Note', resourceId: id, after: note })
        return note
      },
    }),
  )

  builder.subscriptionField('noteChanged', (t) =>
    t.field({
      type: Note,
      description: 'A note, at once and again when it changes.',
      ...read,
      args: { id: t.arg.string({ required: true, description: 'Which.' }) },
      subscribe: (_root, { id }, ctx) => follow(notes.live, ctx.workspaceId, changed, id, ctx.request.signal),
      resolve: (_tick, { id }, ctx) => notes.of(ctx.workspaceId).get(id) ?? { id, text: '' },
    }),
  )
}

/** A document as codegen makes it: `__typename` everywhere, and its hash. */
export function documentOf<Result, Variables>(text: string): TypedDocument<Result, Variables> {
  const hash = `sha256:${createHash('sha256').update(text).digest('hex')}`
  return { toString: () => text, __meta__: { hash } }
}

export interface NoteData {
  readonly __typename: 'Note'
  readonly id: string
  readonly text: string
}

export const NotesDocument = documentOf<{ notes: NoteData[] }, Record<string, never>>(
  'query Notes { __typename notes { __typename id text } }',
)

export const NoteDocument = documentOf<{ node: NoteData | null }, { id: string }>(
  'query Note($id: ID!) { __typename node(id: $id) { __typename ... on Note { __typename id text } } }',
)

export const NoteChangedDocument = documentOf<{ noteChanged: NoteData }, { id: string }>(
  'subscription NoteChanged($id: String!) { noteChanged(id: $id) { __typename id text } }',
)

export const WriteNoteDocument = documentOf<
  {
    __typename: 'Mutation'
    writeNote:
      | { __typename: 'WriteNoteSuccess'; data: NoteData }
      | { __typename: 'ConflictError' | 'ForbiddenError' | 'NotFoundError'; code: string; message: string }
      | { __typename: 'InvalidInputError'; code: string; message: string; issues: { path: string; message: string }[] }
  },
  { id: string; text: string }
>(
  'mutation WriteNote($id: String!, $text: String!) { __typename writeNote(id: $id, text: $text) { __typename ... on WriteNoteSuccess { __typename data { __typename id text } } ... on Error { __typename code message } ... on InvalidInputError { __typename issues { __typename path message } } } }',
)
