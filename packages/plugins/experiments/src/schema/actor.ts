import { type Builder, both } from '@espalier/core'

/** Who did something, as it was kept with it. */
export interface Actor {
  readonly type: 'user' | 'apiKey' | 'system'
  readonly id?: string | null
  readonly name: string
}

export function actorType(builder: Builder) {
  const ActorKind = builder.enumType('ExperimentActorKind', {
    description: 'On whose behalf something happened.',
    subGraphs: both,
    values: {
      USER: { value: 'user', description: 'A person.' },
      API_KEY: { value: 'apiKey', description: 'A program with an API key.' },
      SYSTEM: { value: 'system', description: 'The installation itself.' },
    } as const,
  })
  return builder.objectRef<Actor>('ExperimentActor').implement({
    description: 'Who did something to an experiment.',
    authScopes: { permission: 'experiments:read' },
    subGraphs: both,
    fields: (t) => ({
      kind: t.field({ type: ActorKind, description: 'On whose behalf.', resolve: ({ type }) => type }),
      name: t.exposeString('name', { description: 'The name of that time.' }),
    }),
  })
}
