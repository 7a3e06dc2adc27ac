import { type Builder, both, told, wordEnum, workspaceNode } from '@espalier/core'
import type { RunKind, RunStatus } from '../loop/run.ts'

/** The turns of the loop and what each of them did. */
export function loopTurnTypes(builder: Builder) {
  const PageLoopRunKind = wordEnum<RunKind>(builder, 'PageLoopRunKind', 'What a turn of the loop does.', {
    analysis: 'Measures the variants, looks for patterns, lets new ones grow and switches off what does worse.',
    generation: 'Makes new variants, where the traffic can tell more of them apart.',
  })
  const PageLoopRunStatus = wordEnum<RunStatus>(builder, 'PageLoopRunStatus', 'Where a turn of the loop is.', {
    waiting: 'One at a time in a workspace.',
    running: 'Under way.',
    approval: 'It has done what it may, and waits for a person’s yes or no.',
    done: 'It has ended.',
    failed: 'It could not go on; it says why.',
    canceled: 'Somebody has stopped it, or turned the improvement off.',
  })

  const Run = workspaceNode(builder, 'PageLoopRun', {
    description: 'One turn of the loop on one page.',
    authScopes: { permission: 'pages:read' },
    subGraphs: both,
    fields: (t) => ({
      kind: t.field({ type: PageLoopRunKind, description: 'What it does.', resolve: ({ kind }) => kind }),
      status: t.field({ type: PageLoopRunStatus, description: 'Where it is.', resolve: ({ status }) => status }),
      occasion: t.exposeString('occasion', {
        description: 'What brought it about: a time of the schedule, or a person.',
      }),
      step: t.exposeString('step', { description: 'The step that comes next; "done" once there is none.' }),
      failure: t.exposeString('failure', { nullable: true, description: 'Why it could not go on.' }),
      requestedByName: t.exposeString('requestedByName', { description: 'Who asked for it.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
      startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it began.' }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
      page: t.relation('page', { description: 'The page.' }),
    }),
  })

  const Step = workspaceNode(builder, 'PageLoopStep', {
    description: 'Something that the loop did or asks to do, and on what evidence.',
    authScopes: { permission: 'pages:read' },
    subGraphs: both,
    fields: (t) => ({
      number: t.exposeInt('number', { description: '1, 2, 3 … within the turn.' }),
      kind: t.exposeString('kind', {
        description:
          'measurement, problem, patterns, promotion, brake, retirement, record, support, brief, candidate, introduction or undo.',
      }),
      status: t.exposeString('status', {
        description:
          'done; waiting: for a person’s yes or no; rejected; withdrawn: no longer asked for; undone: somebody took it back.',
      }),
      variantKey: t.exposeString('variantKey', { nullable: true, description: 'Key of the variant that it is about.' }),
      summary: t.string({
        description: 'In a sentence of the reader’s language.',
        resolve: ({ summaryEn, summaryFr }, _args, ctx) => told(ctx.request.locale, { en: summaryEn, fr: summaryFr }),
      }),
      evidence: t.expose('evidence', { type: 'JSON', description: 'The figures that it rests on.' }),
      canBeUndone: t.boolean({
        description: 'Whether undoLoopStep takes it back. It may still be too late for it.',
        resolve: ({ undo, status }) => undo !== null && status === 'done',
      }),
      actorName: t.exposeString('actorName', { description: 'On whose behalf.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When.' }),
      undoneAt: t.expose('undoneAt', { type: 'DateTime', nullable: true, description: 'When it was taken back.' }),
      undoneByName: t.exposeString('undoneByName', { nullable: true, description: 'Who took it back.' }),
      run: t.relation('run', { description: 'The turn that it belongs to.' }),
    }),
  })

  return { Run, Step, PageLoopRunKind, PageLoopRunStatus }
}
