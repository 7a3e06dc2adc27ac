import { type Builder, both, type GraphQLContext, prismaList, workspaceNode } from '@espalier/core'
import { type DecisionKind, reasonsOf, type StoredDecision } from '../decisions/decisionTrail.ts'
import { type Names, namesOf } from '../decisions/names.ts'
import type { Reason } from '../decisions/reason.ts'
import { replay } from '../decisions/replay.ts'
import type { Verdict } from '../decisions/verdict.ts'
import { inWords, sentenceOf } from '../decisions/words.ts'
import type { Experiments } from '../experiments.ts'
import { runningDays, spansOfMany } from '../life/phases.ts'
import type { actorType } from './actor.ts'

/** What an experiment has shown, what was decided about it, and why. */
export function decisionTypes(builder: Builder, Actor: ReturnType<typeof actorType>, experiments: Experiments): void {
  const common = { authScopes: { permission: 'experiments:read' }, subGraphs: both } as const

  const ReasonType = reasonType(builder)
  verdictType(builder, ReasonType, experiments)

  const Kind = builder.enumType('ExperimentDecisionKind', {
    description: 'What was decided.',
    subGraphs: both,
    values: {
      START: { value: 'start', description: 'To start.' },
      PAUSE: { value: 'pause', description: 'To pause.' },
      RESUME: { value: 'resume', description: 'To go on.' },
      STOP: { value: 'stop', description: 'To complete.' },
      WEIGHTS: { value: 'weights', description: 'Which weights variants have, by a person or a bandit.' },
      CHANGE: { value: 'change', description: 'Variants, coverage, condition or hours of one that runs.' },
      VERDICT: { value: 'verdict', description: 'What the results say.' },
      WINNER: { value: 'winner', description: 'That everyone gets one variant.' },
      REVERT: { value: 'revert', description: 'That a winner is taken back.' },
    } as const satisfies Record<string, { value: DecisionKind; description: string }>,
  })

  const Decision = workspaceNode(builder, 'ExperimentDecision', {
    description: 'A decision about an experiment, with all that went in and came out of it. It never changes.',
    ...common,
    fields: (t) => ({
      kind: t.field({ type: Kind, description: 'What was decided.', resolve: ({ kind }) => kind as DecisionKind }),
      at: t.expose('at', { type: 'DateTime', description: 'When.' }),
      phase: t.exposeInt('phase', { description: 'Number of the phase that ran after it.' }),
      reason: t.string({
        description: 'Why, in sentences of the reader’s language.',
        select: withNames as never,
        resolve: (decision: NamedDecision, _args: object, ctx: GraphQLContext) => {
          const reasons = reasonsOf(decision)
          return reasons.length > 0
            ? inWords(reasons, ctx.request.locale, namesOf(decision.experiment))
            : decision.reason
        },
      }),
      reasons: t.field({
        type: [ReasonType],
        description: 'Why, one by one.',
        extensions: { boundedList: 'a few for each of the variants that take part, at most 20, and 20 metrics' },
        select: withNames as never,
        resolve: (decision: NamedDecision) => {
          const names = namesOf(decision.experiment)
          return reasonsOf(decision).map((reason) => ({ reason, names }))
        },
      }),
      actor: t.field({ type: Actor, description: 'Who decided.', resolve: ({ actor }) => actor as never }),
      inputs: t.expose('inputs', { type: 'JSON', description: 'All that it was computed from.' }),
      outputs: t.expose('outputs', { type: 'JSON', description: 'All that came of it.' }),
      replayAgrees: t.boolean({
        nullable: true,
        description: 'Whether computing it again from its inputs gives the same outputs. Null for what people decided.',
        resolve: (decision) => replay(decision as StoredDecision)?.agrees ?? null,
        complexity: 5,
      }),
    }),
  })

  const list = prismaList(builder, Decision, { filter: { kind: 'text', at: 'dateTime' }, orderBy: ['id'] })

  builder.prismaObjectField('Experiment', 'decisions', (t) =>
    list.field(t, {
      description: 'What was decided about it, the latest first.',
      where: (_args, _ctx, experiment: { id: string }) => ({ experimentId: experiment.id }),
    }),
  )
}

/** Sentences call variants by name. */
const withNames = { experiment: { select: { variants: { select: { key: true, name: true } } } } } as const

type NamedDecision = StoredDecision & {
  readonly experiment: Parameters<typeof namesOf>[0]
}

function reasonType(builder: Builder) {
  return builder.objectRef<{ readonly reason: Reason; readonly names: Names }>('ExperimentReason').implement({
    description: 'One reason of a decision.',
    authScopes: { permission: 'experiments:read' },
    subGraphs: both,
    fields: (t) => ({
      code: t.string({
        description: 'Stable, such as TOO_FEW_SUBJECTS.',
        resolve: ({ reason }) => reason.code,
      }),
      text: t.string({
        description: 'As a sentence, in the reader’s language.',
        resolve: ({ reason, names }, _args, ctx) => sentenceOf(reason, ctx.request.locale, names),
      }),
      values: t.field({
        type: 'JSON',
        description: 'The numbers in it, and the keys of variants.',
        resolve: ({ reason: { code: _code, ...values } }) => values,
      }),
    }),
  })
}

type ShownVerdict = Verdict & { readonly phase: number; readonly at: string | null; readonly names: Names }

function verdictType(builder: Builder, ReasonType: ReturnType<typeof reasonType>, experiments: Experiments): void {
  const State = builder.enumType('ExperimentVerdictState', {
    description: 'What the results of an experiment say.',
    subGraphs: both,
    values: {
      COLLECTING: { value: 'collecting', description: 'Something is missing yet; the reasons say what.' },
      UNHEALTHY: {
        value: 'unhealthy',
        description: 'Results cannot be trusted, or a guardrail got worse; the reasons say which.',
      },
      WINNER: { value: 'winner', description: 'A variant is better than the control.' },
      LOSER: { value: 'loser', description: 'Every other variant is worse than the control.' },
      INCONCLUSIVE: { value: 'inconclusive', description: 'Time or plan is used up, and neither shows.' },
    } as const,
  })

  const VerdictType = builder.objectRef<ShownVerdict>('ExperimentVerdict').implement({
    description: 'What the results of an experiment say. Once reached it stays, until a phase asks a new question.',
    authScopes: { permission: 'experiments:read' },
    subGraphs: both,
    fields: (t) => ({
      state: t.field({ type: State, description: 'In a word.', resolve: ({ state }) => state }),
      variant: t.exposeString('variant', {
        nullable: true,
        description: 'Key of the variant to choose: the winner, or the control where the others lost.',
      }),
      reason: t.string({
        description: 'Why, in sentences of the reader’s language.',
        resolve: ({ reasons, names }, _args, ctx) => inWords(reasons, ctx.request.locale, names),
      }),
      reasons: t.field({
        type: [ReasonType],
        description: 'Why, one by one.',
        extensions: { boundedList: 'a few for each of the variants that take part, at most 20, and 20 metrics' },
        resolve: ({ reasons, names }) => reasons.map((reason) => ({ reason, names })),
      }),
      phase: t.exposeInt('phase', { description: 'The phase in which it was reached, or which runs.' }),
      reachedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it was reached. Null: it is what is to be said until then.',
        resolve: ({ at }) => at,
      }),
    }),
  })

  builder.prismaObjectFields('Experiment', (t) => ({
    verdict: t.loadable({
      type: VerdictType,
      nullable: true,
      description: 'What the results say. Null for a draft and for a holdout.',
      complexity: 10,
      // Rows of a list are read together; what a mutation has changed is read anew.
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
      load: async (ids: string[], ctx) => {
        const found = await experiments.getMany(ctx, ids)
        const verdicts = await experiments.verdicts.ofMany(ctx, [...found.values()])
        return ids.map((id) => {
          const [verdict, experiment] = [verdicts.get(id), found.get(id)]
          return verdict && experiment ? { ...verdict, names: namesOf(experiment) } : null
        })
      },
    }),
    runningDays: t.loadable({
      type: 'Float',
      description: 'Days of running since its present question was asked; pauses do not count. 0 for a draft.',
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
      load: async (ids: string[], ctx) => {
        const spans = await spansOfMany(ctx, ids)
        return ids.map((id) => runningDays(spans.get(id) ?? [], ctx.clock.now()))
      },
    }),
  }))
}
