import { type Builder, both, prismaList, type WorkspaceNodeRef, wordEnum, workspaceNode } from '@espalier/core'
import type { VariantPerformance } from '../evolution/performance.ts'

const read = { authScopes: { permission: 'prompts:read' }, subGraphs: both } as const

/** How variants came from one another. */
export function lineageTypes(builder: Builder, PromptVariant: WorkspaceNodeRef<'PromptVariant'>): void {
  const Kind = wordEnum(builder, 'PromptLineageKind', 'How a variant came from another.', {
    mutation: 'A model rewrote one.',
    crossover: 'A model joined two.',
    optimization: 'An evolution of several steps.',
    manualEdit: 'Somebody, or a release of a plugin, wrote it anew.',
  })
  const Performance = builder.objectRef<VariantPerformance>('PromptPerformance').implement({
    description: 'How a variant did, outside of tests: means over at most its latest 1,000 executions.',
    ...read,
    fields: (t) => ({
      executions: t.exposeInt('executions', { description: 'How many there were.' }),
      scored: t.exposeInt('scored', { description: 'Of those, how many have a quality.' }),
      ...Object.fromEntries(
        (
          [
            ['quality', 'From 0 to 1. Null where none has one.'],
            ['accuracy', 'From 0 to 1. Null where none has one.'],
            ['consistency', 'From 0 to 1. Null where none has one.'],
            ['completeness', 'From 0 to 1. Null where none has one.'],
            ['rating', 'From 1 to 5. Null where nobody gave one.'],
            ['errorRate', 'Share that failed. Null without executions.'],
            ['responseTimeMs', 'Milliseconds. Null without executions.'],
            ['costMicros', 'Millionths of a US dollar. Null where no price is known.'],
          ] as const
        ).map(([name, description]) => [name, t.exposeFloat(name, { nullable: true, description })]),
      ),
    }),
  })
  const Lineage = workspaceNode(builder, 'PromptLineage', {
    description: 'How a variant came from another, and whether it became better.',
    ...read,
    fields: (t) => ({
      kind: t.field({ type: Kind, description: 'How.', resolve: ({ kind }) => kind as 'mutation' }),
      strategy: t.exposeString('strategy', { description: 'What was done, in words. May be empty.' }),
      algorithm: t.exposeString('algorithm', { description: 'By what means. Empty for what people did.' }),
      goals: t.exposeStringList('goals', {
        description: 'What was to be reached.',
        extensions: { boundedList: 'at most ten goals' },
      }),
      feedback: t.expose('feedback', { type: 'JSON', description: 'What led to it.' }),
      parentPerformance: t.field({
        type: Performance,
        nullable: true,
        description: 'How the parent had done by then. Null where it was not looked at yet.',
        resolve: ({ parentPerformance }) => performance(parentPerformance),
      }),
      childPerformance: t.field({
        type: Performance,
        nullable: true,
        description: 'How the child did. Null until it has 20 scored executions.',
        resolve: ({ childPerformance }) => performance(childPerformance),
      }),
      improvement: t.exposeFloat('improvement', {
        nullable: true,
        description:
          'How much of the room above the parent the child gained, from 0 (nothing, or it is worse) to 1 (all). Null while it is not known.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the child was made.' }),
      measuredAt: t.expose('measuredAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the child was held against its parent.',
      }),
      parent: t.relation('parent', { description: 'The parent.' }),
      child: t.relation('child', { description: 'The child.' }),
    }),
  })

  builder.prismaObjectField(PromptVariant, 'parents', (t) =>
    t.relation('parents', {
      description: 'How it came from others. Empty for a first wording.',
      extensions: { boundedList: 'two at most' },
    }),
  )
  const children = prismaList(builder, Lineage, { filter: { createdAt: 'dateTime' }, orderBy: ['createdAt'] })
  builder.prismaObjectField(PromptVariant, 'children', (t) =>
    children.field(t, {
      description: 'What came from it, the newest first.',
      where: (_args, _ctx, variant: { id: string }) => ({ parentId: variant.id }),
    }),
  )
}

function performance(stored: unknown): VariantPerformance | null {
  const kept = stored as Partial<VariantPerformance> | null
  return kept && 'executions' in kept ? (kept as VariantPerformance) : null
}
