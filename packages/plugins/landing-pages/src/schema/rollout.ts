import { type Builder, both, prismaList, type WorkspaceNodeRef, wordEnum, workspaceNode } from '@espalier/core'
import type { RolloutSide as Side } from '../rollout/guardrails.ts'
import { type RolloutInput, shareOf } from '../rollout/rollout.ts'
import type { Rollouts } from '../rollout/rollouts.ts'
import type { VitalFigures } from '../rollout/vitals.ts'
import { pageObject } from './publicTypes.ts'

const read = { permission: 'pages:read' } as const
const write = { permission: 'pages:write' } as const

export function rolloutTypes(
  builder: Builder,
  Page: WorkspaceNodeRef<'Page'>,
  { rollouts }: { readonly rollouts: Rollouts },
): void {
  const PageRolloutStatus = wordEnum(builder, 'PageRolloutStatus', 'Where a rollout is.', {
    running: 'A share of the visitors gets the variant.',
    completed: 'Everybody gets it.',
    rolledBack: 'Nobody gets it any more.',
  })
  const PageRolloutPace = wordEnum(builder, 'PageRolloutPace', 'What makes a rollout go on.', {
    manual: 'A person, with advanceRollout.',
    schedule: 'Time: a step lasts stepMinutes.',
    guardrails:
      'Time, and guardrails: it waits for enough visitors, goes on while the variant does no worse, waits for a person when it is slower or more visits bounce, and goes back by itself when it converts worse.',
  })
  const GuardrailLight = wordEnum(builder, 'GuardrailLight', 'What the guardrails of a rollout say.', {
    green: 'The variant does no worse.',
    yellow:
      'It stays at its step: too few visitors to tell, or it is slower, or more visits bounce. The reason says which.',
    red: 'The variant converts worse, and that is hardly chance.',
  })
  const WebVital = wordEnum(builder, 'WebVital', 'A Core Web Vital.', {
    lcp: 'Largest Contentful Paint, in milliseconds: good up to 2,500, poor above 4,000.',
    inp: 'Interaction to Next Paint, in milliseconds: good up to 200, poor above 500.',
    cls: 'Cumulative Layout Shift, without a unit: good up to 0.1, poor above 0.25.',
  })
  const RolloutVital = pageObject<VitalFigures>(builder, 'RolloutVital', {
    description: 'What browsers measured on one side of a rollout.',
    fields: (t) => ({
      vital: t.field({ type: WebVital, description: 'What was measured.', resolve: ({ vital }) => vital }),
      p75: t.exposeFloat('p75', {
        nullable: true,
        description: 'What three in four views stay below, within 2.5 %. Null without a value.',
      }),
      samples: t.exposeInt('samples', { description: 'Values so far; guardrails want 100 on each side.' }),
    }),
  })
  const RolloutSide = pageObject<Side>(builder, 'RolloutSide', {
    description: 'Visitors on one side of a rollout.',
    fields: (t) => ({
      exposures: t.exposeInt('exposures', { description: 'Visitors, each once.' }),
      conversions: t.exposeInt('conversions', { description: 'Of those, how many converted afterwards.' }),
      sessions: t.exposeInt('sessions', {
        description: 'Visits that began with the page, since the hour in which the rollout began.',
      }),
      bounces: t.exposeInt('bounces', {
        description: 'Of those, without engagement: under 10 seconds visible, no click, no conversion.',
      }),
      vitals: t.field({
        type: [RolloutVital],
        description: 'How fast the page was.',
        resolve: ({ vitals }) => [...vitals],
        extensions: { boundedList: 'there are three Core Web Vitals' },
      }),
    }),
  })
  const RolloutGuardrail = pageObject<Awaited<ReturnType<Rollouts['judge']>>>(builder, 'RolloutGuardrail', {
    description: 'How the variant of a rollout does beside the one before.',
    fields: (t) => ({
      light: t.field({ type: GuardrailLight, description: 'Whether it may go on.', resolve: ({ light }) => light }),
      reason: t.exposeString('reason', { description: 'Why, in a sentence.' }),
      candidate: t.field({
        type: RolloutSide,
        description: 'Who gets the variant.',
        resolve: ({ candidate }) => candidate,
      }),
      baseline: t.field({
        type: RolloutSide,
        description: 'Who gets the page’s first variant.',
        resolve: ({ baseline }) => baseline,
      }),
    }),
  })

  const PageRollout = workspaceNode(builder, 'PageRollout', {
    description: 'A variant that a growing share of a page’s visitors gets.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      page: t.relation('page', { description: 'The page whose variant it is.' }),
      variantKey: t.exposeString('variantKey', { description: 'Key of the variant.' }),
      status: t.field({ type: PageRolloutStatus, description: 'Where it is.', resolve: ({ status }) => status }),
      pace: t.field({ type: PageRolloutPace, description: 'What makes it go on.', resolve: ({ pace }) => pace }),
      share: t.float({
        description: 'Share of the visitors that gets the variant now, from 0 to 1.',
        resolve: ({ status, steps, step }) => shareOf({ status, step, steps: steps as number[] }),
      }),
      steps: t.floatList({
        description: 'The shares that it goes through.',
        resolve: ({ steps }) => steps as number[],
        extensions: { boundedList: 'a rollout has at most 20 steps' },
      }),
      step: t.exposeInt('step', { description: 'Index of the step that it is at.' }),
      stepMinutes: t.exposeInt('stepMinutes', {
        description: 'How long a step lasts at least, where it goes on by itself.',
      }),
      minVisitors: t.exposeInt('minVisitors', { description: 'Visitors that guardrails want on each side.' }),
      nextStepAt: t.expose('nextStepAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it may go on by itself. Null where it does not.',
      }),
      guardrail: t.field({
        type: RolloutGuardrail,
        description: 'How the variant does.',
        complexity: 20,
        resolve: (rollout, _args, ctx) => rollouts.judge(ctx, { ...rollout, steps: rollout.steps as number[] }),
      }),
      reason: t.exposeString('reason', { nullable: true, description: 'Why it was rolled back.' }),
      startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
      endedAt: t.expose('endedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it reached everybody, or was rolled back.',
      }),
    }),
  })

  builder.queryField('pageRollout', (t) =>
    t.field({
      type: PageRollout,
      nullable: true,
      description: 'The latest rollout of a page. Null where there was none.',
      authScopes: read,
      subGraphs: both,
      args: { pageId: t.arg.globalID({ for: Page, required: true, description: 'The page.' }) },
      resolve: async (_root, { pageId }, ctx) => ((await rollouts.current(ctx, pageId.id)) ?? null) as never,
    }),
  )

  const list = prismaList(builder, PageRollout, {
    filter: { status: PageRolloutStatus, startedAt: 'dateTime' },
    orderBy: ['startedAt'],
  })

  builder.queryField('pageRollouts', (t) =>
    list.field(t, { description: 'Rollouts of all pages, the newest first.', authScopes: read, subGraphs: both }),
  )

  const StartRolloutInput = builder.inputType('StartRolloutInput', {
    description: 'How a variant goes out.',
    subGraphs: both,
    fields: (t) => ({
      variantKey: t.string({
        required: true,
        description: 'Key of a published variant that is not the page’s first. Example: `bold`.',
      }),
      pace: t.field({ type: PageRolloutPace, description: 'What makes it go on. Default: a person.' }),
      steps: t.floatList({ description: 'Growing shares of the visitors, the last is 1. Default: 0.01, 0.1, 0.5, 1.' }),
      stepMinutes: t.int({ description: 'How long a step lasts at least. Default: 60.' }),
      minVisitors: t.int({ description: 'Visitors that guardrails want on each side. Default: 100.' }),
    }),
  })

  builder.mutationField('startRollout', (t) =>
    t.field({
      type: PageRollout,
      description: 'Begins to show a variant to a growing share of a page’s visitors.',
      authScopes: write,
      subGraphs: both,
      args: {
        pageId: t.arg.globalID({ for: Page, required: true, description: 'The page.' }),
        input: t.arg({ type: StartRolloutInput, required: true, description: 'How it goes out.' }),
      },
      resolve: (_root, { pageId, input }, ctx) =>
        rollouts.start(ctx, pageId.id, given(input) as unknown as RolloutInput) as never,
    }),
  )

  builder.mutationField('advanceRollout', (t) =>
    t.field({
      type: PageRollout,
      description: 'Takes a rollout to its next step, whatever its guardrails say.',
      authScopes: write,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: PageRollout, required: true, description: 'The rollout.' }) },
      resolve: (_root, { id }, ctx) => rollouts.advance(ctx, id.id) as never,
    }),
  )

  builder.mutationField('rollBackRollout', (t) =>
    t.field({
      type: PageRollout,
      description: 'Takes a variant back from everybody at once, also after it had reached all.',
      authScopes: write,
      subGraphs: both,
      args: {
        id: t.arg.globalID({ for: PageRollout, required: true, description: 'The rollout.' }),
        reason: t.arg.string({ description: 'Why, for those who ask later. Example: `The form is broken on phones`.' }),
      },
      resolve: (_root, { id, reason }, ctx) => {
        const text = reason?.trim().slice(0, 500)
        return rollouts.rollBack(ctx, id.id, text || 'Rolled back by a person.') as never
      },
    }),
  )
}

/** Without what was left out, so that defaults apply. */
function given<T extends object>(input: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>
}
