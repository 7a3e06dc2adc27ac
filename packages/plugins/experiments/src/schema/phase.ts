import { type Builder, both, prismaList, type WorkspaceNodeRef, workspaceNode } from '@espalier/core'
import type { Variant } from '../experiment.ts'
import type { PhaseReason } from '../life/phases.ts'
import type { actorType } from './actor.ts'

const inOrder = { orderBy: { position: 'asc' } } as const

interface PhaseWeight {
  readonly variant: Variant
  readonly share: number
}

interface Refs {
  readonly ExperimentVariant: WorkspaceNodeRef<'ExperimentVariant'>
  readonly Actor: ReturnType<typeof actorType>
}

/** Spans of an experiment in which nothing about the assignment changed, and their list. */
export function phaseTypes(builder: Builder, { ExperimentVariant, Actor }: Refs): void {
  const common = { authScopes: { permission: 'experiments:read' }, subGraphs: both } as const

  const Reason = builder.enumType('ExperimentPhaseReason', {
    description: 'Why a phase began.',
    subGraphs: both,
    values: {
      STARTED: { value: 'started', description: 'The experiment was started.' },
      RESUMED: { value: 'resumed', description: 'It went on after a pause.' },
      REVERTED: { value: 'reverted', description: 'A winner was taken back.' },
      WEIGHTS: { value: 'weights', description: 'A person changed weights.' },
      VARIANTS: { value: 'variants', description: 'Variants were added or retired.' },
      TARGETING: { value: 'targeting', description: 'Who takes part changed.' },
      COVERAGE: { value: 'coverage', description: 'More subjects take part.' },
      BANDIT: { value: 'bandit', description: 'A bandit changed weights.' },
    } as const satisfies Record<string, { value: PhaseReason; description: string }>,
  })

  const Weight = builder.objectRef<PhaseWeight>('ExperimentPhaseWeight').implement({
    ...common,
    description: 'The share of one variant in a phase.',
    fields: (t) => ({
      variant: t.expose('variant', { type: ExperimentVariant, description: 'The variant.' }),
      share: t.exposeFloat('share', { description: 'Of the subjects, from 0 to 1; together 1.' }),
    }),
  })

  const Phase = workspaceNode(builder, 'ExperimentPhase', {
    description:
      'A span in which nothing about the assignment changed. Results are read by phase and weighted, never pooled.',
    ...common,
    fields: (t) => ({
      number: t.exposeInt('number', { description: '1, 2, 3 … within the experiment.' }),
      startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
      endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true, description: 'When it ended. Null: it runs.' }),
      reason: t.field({ type: Reason, description: 'Why it began.', resolve: ({ reason }) => reason as PhaseReason }),
      actor: t.field({ type: Actor, description: 'Who began it.', resolve: ({ actor }) => actor as never }),
      weights: t.field({
        type: [Weight],
        description: 'Shares of the variants that took part, in their order.',
        extensions: { boundedList: 'an experiment has at most 200 variants, those taken out among them' },
        select: { experiment: { select: { variants: inOrder } } } as never,
        resolve: ({ weights, experiment }: { weights: unknown; experiment?: { variants: Variant[] } }) =>
          (experiment?.variants ?? []).flatMap((variant) => {
            const share = (weights as Record<string, number>)[variant.id]
            return share === undefined ? [] : [{ variant, share }]
          }),
      }),
      targeting: t.expose('targeting', {
        type: 'JSON',
        description: 'Coverage, condition, active hours, namespace and holdout as they were.',
      }),
    }),
  })

  const list = prismaList(builder, Phase, { filter: { startedAt: 'dateTime' }, orderBy: ['number'] })

  builder.prismaObjectField('Experiment', 'phases', (t) =>
    list.field(t, {
      description: 'Its phases, the newest first.',
      where: (_args, _ctx, experiment: { id: string }) => ({ experimentId: experiment.id }),
    }),
  )
}
