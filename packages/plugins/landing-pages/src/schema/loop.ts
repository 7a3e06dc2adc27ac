import {
  type Builder,
  both,
  deprecated,
  follow,
  prismaList,
  told,
  type WorkspaceNodeRef,
  wordEnum,
} from '@espalier/core'
import type { ConversionRecord } from '../loop/analysis/record.ts'
import type { Earned } from '../loop/brain/index.ts'
import { pageLoopChanged } from '../loop/events.ts'
import { readLoops } from '../loop/loopRows.ts'
import { nextTurnAt } from '../loop/loops.ts'
import type { Loop, LoopMode } from '../loop/run.ts'
import { said } from '../loop/said.ts'
import type { Pages } from '../pages.ts'
import { loopCandidateTypes } from './loopCandidates.ts'
import { loopFigureTypes } from './loopFigures.ts'
import { loopMutations } from './loopMutations.ts'
import { loopSumTypes } from './loopSums.ts'
import { loopTurnTypes } from './loopTurns.ts'
import { pageObject } from './publicTypes.ts'

const read = { permission: 'pages:read' } as const

/** Pages that improve themselves: what they do, on what evidence, and what it has earned. */
export function loopTypes(
  builder: Builder,
  Page: WorkspaceNodeRef<'Page'>,
  PageVariant: WorkspaceNodeRef<'PageVariant'>,
  pages: Pages,
): void {
  const { loops } = pages
  const PageLoopMode = wordEnum<LoopMode>(builder, 'PageLoopMode', 'How a page improves itself.', {
    off: 'Not at all.',
    approve: 'A person says yes to each step that visitors would see.',
    automatic: 'By itself; each step can be undone.',
  })
  const { Run, Step, PageLoopRunKind, PageLoopRunStatus } = loopTurnTypes(builder)
  const { Candidate, PageCandidateStatus, PageGenerator } = loopCandidateTypes(builder, PageVariant, pages)

  const LoopRecord = pageObject<ConversionRecord>(builder, 'PageConversionRecord', {
    description: 'The best that a page has done.',
    fields: (t) => ({
      variantKey: t.exposeString('variantKey', { description: 'The variant that did.' }),
      rate: t.exposeFloat('rate', { description: 'Share of its visitors that converted, from 0 to 1.' }),
      lower: t.exposeFloat('lower', { description: 'Lower end of the 95 % interval.' }),
      upper: t.exposeFloat('upper', { description: 'Upper end of it.' }),
      at: t.field({ type: 'DateTime', description: 'When it was found.', resolve: ({ at }) => new Date(at) }),
    }),
  })

  const LoopEarned = pageObject<Earned>(builder, 'PageLoopEarned', {
    description: 'What the loop has earned, against the visitors who were held back and saw the original.',
    fields: (t) => ({
      conversions: t.exposeFloat('conversions', {
        description: 'Conversions beyond what the original would have had with the same visitors.',
      }),
      lower: t.exposeFloat('lower', { description: 'Lower end of the 95 % interval of them.' }),
      upper: t.exposeFloat('upper', { description: 'Upper end of it.' }),
      lift: t.exposeFloat('lift', {
        nullable: true,
        description: 'Relative lift of the conversion rate: 0.1 is 10 %. Null while nobody held back has converted.',
      }),
      liftLower: t.exposeFloat('liftLower', { nullable: true, description: 'Lower end of its 95 % interval.' }),
      liftUpper: t.exposeFloat('liftUpper', { nullable: true, description: 'Upper end of it.' }),
    }),
  })

  const PageLoop = pageObject<Loop>(builder, 'PageLoop', {
    description: 'How a page improves itself.',
    fields: (t) => ({
      mode: t.field({ type: PageLoopMode, description: 'Whether, and who says yes.', resolve: ({ mode }) => mode }),
      goal: t.exposeString('goal', { description: 'Name of the goal that it works for.' }),
      experiment: t.prismaField({
        type: 'Experiment',
        nullable: true,
        description: 'The bandit that shares out the variants. Null while there is one version only.',
        resolve: (query, { experimentId: id }, _args, ctx) =>
          id === null ? null : ctx.db.prisma.experiment.findFirst({ ...query, where: { id } }),
      }),
      holdback: t.prismaField({
        type: 'Experiment',
        nullable: true,
        description: 'The experiment of kind holdout by which some visitors go on seeing the original.',
        resolve: (query, { holdoutId: id }, _args, ctx) =>
          id === null ? null : ctx.db.prisma.experiment.findFirst({ ...query, where: { id } }),
      }),
      earned: t.field({
        type: LoopEarned,
        nullable: true,
        complexity: 5,
        description: 'What it has earned. Null before somebody was held back and somebody was not.',
        resolve: (loop, _args, ctx) => loops.earned(ctx, loop),
      }),
      generator: t.field({
        type: PageGenerator,
        description: 'What would make the next variants.',
        complexity: 2,
        resolve: async (_loop, _args, ctx) => ((await loops.hasModel(ctx)) ? 'model' : 'recombined'),
      }),
      generatorSummary: t.string({
        description: 'The same in a sentence of the reader’s language, for showing.',
        complexity: 2,
        resolve: async (_loop, _args, ctx) =>
          told(ctx.request.locale, (await loops.hasModel(ctx)) ? byModel : byRecombination),
      }),
      limits: t.field({
        type: 'JSON',
        description: 'What the page says otherwise than the workspace.',
        resolve: ({ limits }) => limits,
      }),
      rules: t.field({
        type: 'JSON',
        description: 'What holds: the settings of the workspace, and above them the limits of the page.',
        complexity: 2,
        resolve: (loop, _args, ctx) => loops.rulesOf(ctx, loop),
      }),
      version: t.exposeInt('version', {
        description: 'How often its rules were saved. Give it back with setPageImprovement as `expectedVersion`.',
      }),
      problem: t.exposeString('problem', {
        nullable: true,
        description:
          'What keeps it from deciding, as its latest turn found it: SAMPLE_RATIO, BOTS, INGESTION_LAG, EXPERIMENT_STOPPED or PAGE_NOT_PUBLIC.',
      }),
      record: t.field({
        type: LoopRecord,
        nullable: true,
        description: 'The best that the page has done so far.',
        resolve: ({ record }) => record as ConversionRecord | null,
      }),
      nextAnalysisAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the next analysis is due. Null where it is off.',
        resolve: ({ mode }, _args, ctx) => (mode === 'off' ? null : nextTurnAt('analysis', ctx.clock.now())),
      }),
      nextGenerationAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When new variants are due next. Null where it is off.',
        resolve: ({ mode }, _args, ctx) => (mode === 'off' ? null : nextTurnAt('generation', ctx.clock.now())),
      }),
    }),
  })

  const ofPage = (_args: object, _ctx: unknown, page: { id: string }) => ({ pageId: page.id })
  const runs = prismaList(builder, Run, {
    filter: { kind: PageLoopRunKind, status: PageLoopRunStatus, createdAt: 'dateTime' },
    orderBy: ['createdAt'],
  })
  const steps = prismaList(builder, Step, {
    filter: { kind: 'text', status: 'text', variantKey: 'text', at: 'dateTime' },
    orderBy: ['at'],
  })
  const candidates = prismaList(builder, Candidate, {
    filter: { status: PageCandidateStatus, createdAt: 'dateTime' },
    orderBy: ['createdAt'],
  })
  builder.prismaObjectFields('Page', (t) => ({
    loop: t.loadable({
      type: PageLoop,
      nullable: true,
      description: 'How it improves itself. Null where it never did. Pages of a list are read together.',
      // What a mutation has changed is read anew.
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
      load: async (ids: string[], ctx) => {
        const loops = await readLoops(ctx, ids)
        return ids.map((id) => loops.get(id) ?? null)
      },
    }),
    loopRuns: runs.field(t, { description: 'Turns of its loop, the latest first.', where: ofPage }),
    loopSteps: steps.field(t, { description: 'What its loop did, and asks to do, the latest first.', where: ofPage }),
    candidates: candidates.field(t, {
      description: 'Versions that its loop proposed, the latest first.',
      where: ofPage,
    }),
  }))
  builder.prismaObjectFields('PageLoopRun', (t) => ({
    steps: steps.field(t, {
      description: 'What it did, the latest first.',
      where: (_args, _ctx, run: { id: string }) => ({ runId: run.id }),
    }),
    candidates: candidates.field(t, {
      description: 'Versions that it proposed, the latest first.',
      where: (_args, _ctx, run: { id: string }) => ({ runId: run.id }),
    }),
  }))
  builder.queryField('pageLoopSteps', (t) =>
    steps.field(t, {
      description:
        'What the loops of all pages did, and ask to do: filter by the status "waiting" for what needs a decision.',
      authScopes: read,
      subGraphs: both,
    }),
  )

  const watchLoop = (name: string, deprecationReason?: string) =>
    builder.subscriptionField(name, (t) =>
      t.field({
        type: Page,
        description: 'A page, at once and again whenever its loop does something: ask for its runs and steps.',
        deprecationReason,
        authScopes: read,
        subGraphs: both,
        args: { pageId: t.arg.globalID({ for: Page, required: true, description: 'The page to watch.' }) },
        subscribe: async (_root, { pageId }, ctx) => {
          await pages.get(ctx, pageId.id)
          return follow(pages.published.live, ctx.workspaceId, pageLoopChanged, pageId.id, ctx.request.signal)
        },
        resolve: (_message, { pageId }, ctx) => pages.get(ctx, pageId.id) as never,
      }),
    )
  watchLoop('pageLoopUpdated')
  watchLoop('pageLoopChanged', deprecated('2026-11-22', 'pageLoopUpdated'))

  loopFigureTypes(builder)
  loopSumTypes(builder, loops)
  loopMutations(builder, { Page, Run, Step, PageLoopMode, PageLoopRunKind }, loops)
}

const byModel = said(
  'A language model writes new versions from what is known of the visitors; each has to keep the rules, and visitors decide.',
  'Un modèle de langage écrit de nouvelles versions à partir de ce que l’on sait des visiteurs ; chacune doit respecter les règles, et les visiteurs décident.',
)
const byRecombination = said(
  'No model is set up: new versions recombine the blocks, orders and buttons of the page’s own versions. Not a word is invented.',
  'Aucun modèle n’est configuré : les nouvelles versions recombinent les blocs, l’ordre et les boutons des versions de la page. Pas un mot n’est inventé.',
)
