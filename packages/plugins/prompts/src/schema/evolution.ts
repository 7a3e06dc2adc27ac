import {
  type Builder,
  both,
  follow,
  NotFoundError,
  prismaList,
  told,
  withoutNulls,
  wordEnum,
  workspaceNode,
} from '@espalier/core'
import { evolutionChanged } from '../evolution/events.ts'
import type { EvolutionState, ShownCandidate } from '../evolution/evolutionRow.ts'
import { faultTold } from '../evolution/faultWords.ts'
import type { EvolutionOutcome } from '../evolution/outcome.ts'
import type { Prompts } from '../prompts.ts'
import type { PromptLanguage } from '../runner.ts'
import { derivationTypes } from './derivation.ts'
import { lineageTypes } from './lineage.ts'
import type { PromptNodes } from './prompt.ts'

const read = { authScopes: { permission: 'prompts:read' }, subGraphs: both } as const
/** It writes drafts, and it costs money. */
const evolve = { authScopes: { permission: 'prompts:run' }, subGraphs: both } as const

/** How prompts get better by themselves. */
export function evolutionTypes(builder: Builder, nodes: PromptNodes, prompts: Prompts): void {
  const { Prompt, PromptVariant, Language } = nodes
  const { evolutions, derivations } = prompts
  const Status = wordEnum(builder, 'PromptEvolutionStatus', 'Where an evolution is.', {
    waiting: 'It has not begun.',
    running: 'Candidates are made and tried.',
    done: 'All generations have been, or a candidate is right on every held-back case.',
    stopped: 'Its money was spent, or a person stopped it. The failure says which.',
    failed: 'It could not go on.',
  })
  const Candidate = candidateType(builder)
  const Outcome = outcomeType(builder, nodes)

  const PromptEvolution = workspaceNode(builder, 'PromptEvolution', {
    description: 'A run in which a prompt gets better by reading what it got wrong.',
    ...read,
    fields: (t) => ({
      language: t.field({
        type: Language,
        description: 'The language that is evolved.',
        resolve: ({ language }) => language as PromptLanguage,
      }),
      status: t.field({ type: Status, description: 'Where it is.', resolve: ({ status }) => status as 'done' }),
      goals: t.exposeStringList('goals', {
        description: 'What is to be reached.',
        extensions: { boundedList: 'at most ten goals' },
      }),
      budgetMicros: t.expose('budgetMicros', {
        type: 'SafeInt',
        description: 'The most that it may spend, in millionths of a US dollar.',
      }),
      spentMicros: t.expose('spentMicros', {
        type: 'SafeInt',
        description: 'What it has spent, in millionths of a US dollar. Calls of models without a price count as 0.',
      }),
      generation: t.exposeInt('generation', { description: 'Generations that have been.' }),
      generations: t.exposeInt('generations', { description: 'The most that there will be.' }),
      candidates: t.field({
        type: [Candidate],
        description: 'What was tried until the last generation, taken or refused; the first is what it began with.',
        extensions: { boundedList: 'one for each of at most 30 generations, and the first' },
        complexity: 5,
        resolve: ({ state }) => [...((state as unknown as EvolutionState).candidates ?? [])],
      }),
      outcome: t.field({
        type: Outcome,
        nullable: true,
        description: 'What it came to. Null before it has ended, and where a person stopped it.',
        resolve: ({ outcome }) => outcome as unknown as EvolutionOutcome | null,
      }),
      failure: t.string({
        nullable: true,
        description: 'Why it stopped or failed. Null if it did not.',
        resolve: ({ failure }, _args, ctx) => failure && told(ctx.request.locale, faultTold(failure)),
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
      endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
      prompt: t.relation('prompt', { description: 'The prompt.' }),
    }),
  })

  const list = prismaList(builder, PromptEvolution, {
    filter: { status: 'text', createdAt: 'dateTime' },
    orderBy: ['createdAt'],
  })
  builder.prismaObjectField('Prompt', 'evolutions', (t) =>
    list.field(t, {
      description: 'Runs in which it got better, or did not, the newest first.',
      where: (_args, _ctx, prompt: { id: string }) => ({ promptId: prompt.id }),
    }),
  )

  builder.subscriptionField('promptEvolutionUpdated', (t) =>
    t.field({
      type: PromptEvolution,
      description: 'An evolution: now, and each time it has gone on.',
      extensions: { live: { shared: true } },
      ...read,
      args: { id: t.arg.globalID({ for: PromptEvolution, required: true, description: 'The evolution to watch.' }) },
      subscribe: (_root, { id }, ctx) =>
        follow(evolutions.live, ctx.workspaceId, evolutionChanged, id.id, ctx.request.signal),
      resolve: async (_tick, { id }, ctx) => {
        const row = await ctx.db.prisma.promptEvolution.findFirst({ where: { id: id.id } })
        if (!row) throw new NotFoundError('PromptEvolution', id.id)
        return row
      },
    }),
  )

  const EvolveInput = builder.inputType('EvolvePromptInput', {
    description: 'What to evolve, towards what, and for how much.',
    subGraphs: both,
    fields: (t) => ({
      language: t.field({ type: Language, required: true, description: 'The language to evolve.' }),
      variantId: t.globalID({ for: PromptVariant, description: 'Where to begin. Default: the active variant.' }),
      goals: t.stringList({
        description: 'What is to be reached: at most ten texts of 200 characters. Example: `["shorter"]`.',
      }),
      budgetMicros: t.field({
        type: 'SafeInt',
        required: true,
        description: 'The most that it may spend, in millionths of a US dollar: 1000000 is one dollar.',
      }),
      generations: t.int({ description: 'The most wordings to propose, from 1 to 30. Default: 8.' }),
    }),
  })
  builder.mutationField('evolvePrompt', (t) =>
    t.field({
      type: PromptEvolution,
      description:
        'Begins an evolution: wordings are proposed by a model that reads what went wrong, tried on cases, and kept as drafts when they do better on held-back cases. Needs four cases of each kind.',
      ...evolve,
      args: {
        promptId: t.arg.globalID({ for: Prompt, required: true, description: 'The prompt.' }),
        input: t.arg({ type: EvolveInput, required: true, description: 'How.' }),
      },
      resolve: async (_root, { promptId, input: { variantId, ...input } }, ctx) => {
        const { language, budgetMicros, ...rest } = input
        const id = await evolutions.start(ctx, {
          ...withoutNulls(rest),
          ...{ promptId: promptId.id, language, budgetMicros },
          ...(variantId && { variantId: variantId.id }),
        })
        return ctx.db.prisma.promptEvolution.findFirstOrThrow({ where: { id } })
      },
    }),
  )

  builder.mutationField('stopPromptEvolution', (t) =>
    t.field({
      type: PromptEvolution,
      description: 'Ends an evolution with the next answer. No drafts are made of what it found.',
      ...evolve,
      args: { id: t.arg.globalID({ for: PromptEvolution, required: true, description: 'The evolution.' }) },
      resolve: async (_root, { id }, ctx) => {
        await evolutions.stop(ctx, id.id)
        return ctx.db.prisma.promptEvolution.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )

  derivationTypes(builder, PromptVariant, derivations)
  lineageTypes(builder, PromptVariant)
}

function candidateType(builder: Builder) {
  return builder.objectRef<ShownCandidate>('PromptCandidate').implement({
    description: 'A wording that an evolution made.',
    ...read,
    fields: (t) => ({
      number: t.exposeInt('number', {
        nullable: true,
        description: 'Its number among those that were taken; else null.',
      }),
      kind: t.exposeString('kind', { description: 'origin, mutation or crossover.' }),
      generation: t.exposeInt('generation', { description: 'In which it was made.' }),
      parents: t.intList({
        description: 'Numbers of those that it was made from.',
        extensions: { boundedList: 'two at most' },
        resolve: ({ parents }) => [...parents],
      }),
      system: t.exposeString('system', { description: 'Its system message. Empty where nothing was proposed.' }),
      template: t.exposeString('template', { description: 'Its user message. Empty where nothing was proposed.' }),
      diagnosis: t.exposeString('diagnosis', { description: 'What the model thought that went wrong.' }),
      score: t.exposeFloat('score', {
        nullable: true,
        description: 'Mean on the held-back cases, from 0 to 1. Null where it was not tried on them.',
      }),
      onFront: t.exposeBoolean('onFront', {
        description: 'Whether it is the best on at least one case, and built on.',
      }),
      refusal: t.string({
        nullable: true,
        description: 'Why it was not taken. Null where it was.',
        resolve: ({ refusal }, _args, ctx) => refusal && told(ctx.request.locale, faultTold(refusal)),
      }),
    }),
  })
}

function outcomeType(builder: Builder, { PromptVariant }: PromptNodes) {
  const Verdict = wordEnum(builder, 'PromptEvolutionVerdict', 'What may be said of the best wording.', {
    better: 'It does better than the one before, and that is hardly chance (p ≤ 0.05).',
    unclear: 'It did better on the held-back cases, and that may be chance.',
    none: 'No better one was found.',
  })
  return builder.objectRef<EvolutionOutcome>('PromptEvolutionOutcome').implement({
    description: 'What an evolution came to.',
    ...read,
    fields: (t) => ({
      verdict: t.field({ type: Verdict, description: 'What may be said.', resolve: ({ verdict }) => verdict }),
      originScore: t.exposeFloat('originScore', {
        nullable: true,
        description: 'Mean of the first wording on the held-back cases. Null where it was not measured.',
      }),
      bestScore: t.exposeFloat('bestScore', {
        nullable: true,
        description: 'That of the best child. Null without one.',
      }),
      difference: t.exposeFloat('difference', {
        nullable: true,
        description: 'Mean difference on the cases that both were tried on. Null without a child.',
      }),
      cases: t.exposeInt('cases', { description: 'How many cases that were.' }),
      better: t.exposeInt('better', { description: 'Of those, on how many the child was better.' }),
      worse: t.exposeInt('worse', { description: 'And on how many worse.' }),
      pValue: t.exposeFloat('pValue', {
        nullable: true,
        description:
          'How often the best of as many children would look this good by chance: a paired permutation test. Null without a child.',
      }),
      variants: t.prismaField({
        type: [PromptVariant],
        description: 'Drafts that came of it, the best first. Activate one, or begin an A/B test.',
        extensions: { boundedList: 'three at most' },
        resolve: async (query, { variantIds }, _args, ctx) => {
          const rows = await ctx.db.prisma.promptVariant.findMany({ ...query, where: { id: { in: [...variantIds] } } })
          return rows.sort((a, b) => variantIds.indexOf(a.id) - variantIds.indexOf(b.id))
        },
      }),
      summary: t.string({
        description: 'In a few words, in the reader’s language.',
        resolve: ({ summaryEn, summaryFr }, _args, ctx) => (ctx.request.locale === 'fr' ? summaryFr : summaryEn),
      }),
      summaryEn: t.exposeString('summaryEn', { description: 'The same in English.' }),
      summaryFr: t.exposeString('summaryFr', { description: 'The same in French.' }),
    }),
  })
}
