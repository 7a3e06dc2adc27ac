import type { ObjectRef } from '@pothos/core'
import type { Builder, BuilderTypes } from '../schema/builder.ts'

/** A session that has ended. */
export interface GoneSession {
  readonly id: string
}

const refs = new WeakMap<Builder, ObjectRef<BuilderTypes, GoneSession>>()

/** The type of a session that has ended: one for a builder. */
export function goneSessionType(builder: Builder): ObjectRef<BuilderTypes, GoneSession> {
  const known = refs.get(builder)
  if (known) return known
  const Gone = builder.objectRef<GoneSession>('GoneSession').implement({
    description: 'A session that has ended.',
    authScopes: { public: true },
    fields: (t) => ({
      id: t.globalID({ description: 'Its id.', resolve: ({ id }) => ({ type: 'ViewerSession', id }) }),
    }),
  })
  refs.set(builder, Gone)
  return Gone
}
