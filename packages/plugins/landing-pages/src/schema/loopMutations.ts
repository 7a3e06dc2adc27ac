import { type Builder, both, type WorkspaceNodeRef, withoutNulls, type wordEnum } from '@espalier/core'
import type { PageLoops } from '../loop/loops.ts'
import type { LimitsInput } from '../loop/rules.ts'
import type { LoopMode, RunKind } from '../loop/run.ts'

const write = { permission: 'pages:write' } as const

interface LoopTypes {
  readonly Page: WorkspaceNodeRef<'Page'>
  readonly Run: WorkspaceNodeRef<'PageLoopRun'>
  readonly Step: WorkspaceNodeRef<'PageLoopStep'>
  readonly PageLoopMode: ReturnType<typeof wordEnum<LoopMode>>
  readonly PageLoopRunKind: ReturnType<typeof wordEnum<RunKind>>
}

/** What people say to loops: on, off, now, yes, no, take that back. */
export function loopMutations(
  builder: Builder,
  { Page, Run, Step, PageLoopMode, PageLoopRunKind }: LoopTypes,
  loops: PageLoops,
): void {
  const PageLoopLimitsInput = builder.inputType('PageLoopLimitsInput', {
    description: 'What a page says otherwise than the settings of the workspace. What is left out is as there.',
    subGraphs: both,
    fields: (t) => ({
      forbiddenWords: t.stringList({
        description:
          'Words that no proposed version may use, beside those of the workspace. With * at the end: all that begin so. Example: `["guarant*"]`.',
      }),
      forbiddenClaims: t.stringList({
        description: 'Phrases that none may say, beside those of the workspace. Example: `["the best in the world"]`.',
      }),
      requiredFacts: t.stringList({
        description:
          'What has to stand on each word for word, beside those of the workspace. Example: `["Cancel any day"]`.',
      }),
      variantsPerRun: t.int({ description: 'How many variants a turn makes at most, from 1 to 5.' }),
      maxArms: t.int({
        description: 'How many variants visitors may get at a time, the original included, from 2 to 10.',
      }),
      floor: t.float({ description: 'Least share of each variant, from 0.01 to 0.1. For loops that begin.' }),
      holdback: t.float({
        description: 'Share that goes on to see the original, from 0.01 to 0.5. For loops that begin.',
      }),
      newArmShare: t.float({ description: 'Share that a new variant begins with, from 0.01 to 0.2.' }),
      minDetectableLift: t.float({ description: 'The relative lift that is worth finding, from 0.02 to 2.' }),
      horizonDays: t.int({ description: 'Days in which it should be found, from 7 to 180.' }),
    }),
  })

  builder.mutationField('setPageImprovement', (t) =>
    t.field({
      type: Page,
      description:
        'Lets a page improve itself, or stops that. Turned on, the page gets a bandit under a hold-back (or goes on with its own); turned off, no more turns are taken, and the experiment goes on as it is until somebody completes it.',
      authScopes: write,
      subGraphs: both,
      args: {
        pageId: t.arg.globalID({ for: Page, required: true, description: 'The page, published.' }),
        mode: t.arg({ type: PageLoopMode, required: true, description: 'Whether, and who says yes.' }),
        goal: t.arg.string({
          description:
            'Name of the goal that it works for. Default: the first that the page leads to. Stays while its experiment runs. Example: `signup`.',
        }),
        limits: t.arg({ type: PageLoopLimitsInput, description: 'What the page says otherwise. Left out: as before.' }),
        expectedVersion: t.arg.int({
          description:
            'The version of its rules that was read and changed; 0 where it had none. Refused where somebody has saved since; without it the last one wins.',
        }),
      },
      resolve: async (_root, { pageId, mode, goal, limits, expectedVersion }, ctx) => {
        const input = {
          mode,
          goal: goal ?? undefined,
          limits: limits ? (withoutNulls(limits) as LimitsInput) : undefined,
        }
        await loops.setImprovement(ctx, pageId.id, input, expectedVersion)
        return ctx.db.prisma.page.findFirstOrThrow({ where: { id: pageId.id } })
      },
    }),
  )

  builder.mutationField('improvePageNow', (t) =>
    t.field({
      type: Run,
      description: 'Asks for a turn of a page’s loop now. It is taken within seconds; watch it with pageLoopUpdated.',
      authScopes: write,
      subGraphs: both,
      args: {
        pageId: t.arg.globalID({ for: Page, required: true, description: 'The page.' }),
        kind: t.arg({ type: PageLoopRunKind, required: true, description: 'What it is to do.' }),
      },
      resolve: async (_root, { pageId, kind }, ctx) => {
        const id = await loops.improveNow(ctx, pageId.id, kind)
        return ctx.db.prisma.pageLoopRun.findFirstOrThrow({ where: { id } })
      },
    }),
  )

  const answers = {
    approveLoopStep: {
      description: 'Says yes to a step that waits: it is done at once.',
      answer: loops.decisions.approve.bind(loops.decisions),
    },
    rejectLoopStep: {
      description: 'Says no to a step that waits: it is not done.',
      answer: loops.decisions.reject.bind(loops.decisions),
    },
    undoLoopStep: {
      description:
        'Takes back what a step did: a new variant is switched off and archived, one that was switched off comes back as a new variant of the same content, a share may grow as far as before.',
      answer: loops.decisions.undo.bind(loops.decisions),
    },
  }
  for (const [name, { description, answer }] of Object.entries(answers))
    builder.mutationField(name, (t) =>
      t.field({
        type: Step,
        description,
        authScopes: write,
        subGraphs: both,
        args: { id: t.arg.globalID({ for: Step, required: true, description: 'The step.' }) },
        resolve: async (_root, { id }, ctx) => {
          await answer(ctx, id.id)
          return ctx.db.prisma.pageLoopStep.findFirstOrThrow({ where: { id: id.id } })
        },
      }),
    )

  builder.mutationField('stopLoopRun', (t) =>
    t.field({
      type: Run,
      description: 'Ends a turn before its next step; what its steps have done stays, and can be undone step by step.',
      authScopes: write,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Run, required: true, description: 'The turn.' }) },
      resolve: async (_root, { id }, ctx) => {
        await loops.stop(ctx, id.id)
        return ctx.db.prisma.pageLoopRun.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )
}
