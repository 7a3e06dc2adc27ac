import {
  type Builder,
  both,
  prismaList,
  type WorkspaceNodeRef,
  withoutNulls,
  wordEnum,
  workspaceNode,
} from '@espalier/core'
import type { Calibration, ReliabilityBin } from '../feedback/calibration.ts'
import type { ActionType, FeedbackInput, FeedbackOutcome, Settlement } from '../feedback/feedback.ts'
import type { Feedbacks } from '../feedback/feedbacks.ts'

const read = { permission: 'feedback:read' } as const
const write = { permission: 'feedback:write' } as const

/** What was predicted against what came. */
export function feedbackTypes(
  builder: Builder,
  PromptExecution: WorkspaceNodeRef<'PromptExecution'>,
  { feedback }: { readonly feedback: Feedbacks },
): void {
  const Action = wordEnum<ActionType>(builder, 'FeedbackActionType', 'What a prediction is about.', {
    lead_conversion: 'Whether a lead becomes a customer.',
    email_response: 'Whether somebody answers a mail.',
    user_action: 'What somebody does.',
    system_performance: 'How the system itself does.',
  })
  const Outcome = wordEnum<FeedbackOutcome>(builder, 'FeedbackOutcome', 'What came of it.', {
    positive: 'What was hoped for.',
    negative: 'The opposite.',
    neutral: 'Neither.',
  })

  const Feedback = workspaceNode(builder, 'Feedback', {
    description: 'What was predicted and what came of it. Erased after a year.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      actionType: t.field({
        type: Action,
        description: 'What it is about.',
        resolve: ({ actionType }) => actionType as ActionType,
      }),
      outcome: t.field({
        type: Outcome,
        nullable: true,
        description: 'What came of it. Null while it is not known.',
        resolve: ({ outcome }) => outcome as FeedbackOutcome | null,
      }),
      executionId: t.globalID({
        nullable: true,
        description: 'The execution of a prompt that it is about.',
        resolve: ({ executionId }) => executionId && { type: 'PromptExecution', id: executionId },
      }),
      subjectType: t.exposeString('subjectType', { nullable: true, description: 'What kind of thing it is about.' }),
      subjectId: t.expose('subjectId', { type: 'UUID', nullable: true, description: 'Which of them.' }),
      predicted: t.expose('predicted', { type: 'JSON', nullable: true, description: 'What was predicted.' }),
      actual: t.expose('actual', { type: 'JSON', nullable: true, description: 'What came, in detail.' }),
      confidence: t.exposeFloat('confidence', {
        nullable: true,
        description: 'How sure the prediction was, from 0 to 1.',
      }),
      impact: t.exposeInt('impact', { nullable: true, description: 'What it did, from -100 to 100.' }),
      context: t.expose('context', { type: 'JSON', description: 'Circumstances.' }),
      notesEn: t.exposeString('notesEn', { description: 'Notes in English.' }),
      notesFr: t.exposeString('notesFr', { description: 'Notes in French.' }),
      applied: t.exposeBoolean('applied', { description: 'Whether it was learned from.' }),
      learningImpact: t.exposeFloat('learningImpact', {
        nullable: true,
        description: 'How much was learned from it, from 0 to 1. Null where it is not known.',
      }),
      processedAt: t.expose('processedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was learned from.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was recorded.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it will be erased.' }),
    }),
  })

  const list = prismaList(builder, Feedback, {
    filter: {
      actionType: Action,
      outcome: Outcome,
      applied: 'boolean',
      subjectType: 'text',
      createdAt: 'dateTime',
    },
    orderBy: ['createdAt'],
  })
  builder.queryField('feedback', (t) =>
    list.field(t, {
      description: 'What was predicted and what came of it, the newest first.',
      authScopes: read,
      subGraphs: both,
    }),
  )

  calibrationTypes(builder, Action, feedback)

  const RecordInput = builder.inputType('RecordFeedbackInput', {
    description: 'A prediction, or the outcome of something, or both.',
    subGraphs: both,
    fields: (t) => ({
      actionType: t.field({ type: Action, required: true, description: 'What it is about.' }),
      executionId: t.globalID({ for: PromptExecution, description: 'The execution of a prompt that it is about.' }),
      subjectType: t.string({ description: 'What kind of thing it is about, such as "Lead". With subjectId.' }),
      subjectId: t.field({ type: 'UUID', description: 'Which of them.' }),
      predicted: t.field({
        type: 'JSON',
        description:
          'An object. Its `outcome` ("positive", "negative" or "neutral") is what the confidence is about; default: "positive".',
      }),
      confidence: t.float({ description: 'How sure the prediction is, as a probability from 0 to 1.' }),
      outcome: t.field({ type: Outcome, description: 'What came of it, where that is known already.' }),
      actual: t.field({ type: 'JSON', description: 'An object: what came, in detail. Example: `{ "lift": 0.04 }`.' }),
      impact: t.int({ description: 'What it did, from -100 to 100.' }),
      context: t.field({
        type: 'JSON',
        description: 'An object: circumstances. No personal data, please. Example: `{ "season": "spring" }`.',
      }),
      notesEn: t.string({ description: 'Notes in English. Example: `It was a holiday`.' }),
      notesFr: t.string({ description: 'Notes in French. Example: `C’était férié`.' }),
    }),
  })
  builder.mutationField('recordFeedback', (t) =>
    t.field({
      type: Feedback,
      description: 'Keeps what is predicted, or what came of something. It is erased after a year.',
      authScopes: write,
      subGraphs: both,
      args: { input: t.arg({ type: RecordInput, required: true, description: 'What to keep.' }) },
      resolve: async (_root, { input: { executionId, ...input } }, ctx) => {
        const about = executionId && { executionId: executionId.id }
        const id = await feedback.record(ctx, { ...withoutNulls(input), ...about } as FeedbackInput)
        return ctx.db.prisma.feedback.findFirstOrThrow({ where: { id } })
      },
    }),
  )

  const SettleInput = builder.inputType('SettleFeedbackInput', {
    description: 'What came of a prediction.',
    subGraphs: both,
    fields: (t) => ({
      outcome: t.field({ type: Outcome, required: true, description: 'What came of it.' }),
      actual: t.field({ type: 'JSON', description: 'An object: what came, in detail. Example: `{ "lift": 0.04 }`.' }),
      impact: t.int({ description: 'What it did, from -100 to 100.' }),
      notesEn: t.string({
        description: 'Notes in English, in place of those that are there. Example: `It was a holiday`.',
      }),
      notesFr: t.string({
        description: 'Notes in French, in place of those that are there. Example: `C’était férié`.',
      }),
    }),
  })
  builder.mutationField('settleFeedback', (t) =>
    t.field({
      type: Feedback,
      description: 'Says what came of a prediction. Once: another outcome later is a conflict.',
      authScopes: write,
      subGraphs: both,
      args: {
        id: t.arg.globalID({ for: Feedback, required: true, description: 'The feedback.' }),
        input: t.arg({ type: SettleInput, required: true, description: 'What came.' }),
      },
      resolve: async (_root, { id, input }, ctx) => {
        await feedback.settle(ctx, id.id, withoutNulls(input) as Settlement)
        return ctx.db.prisma.feedback.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )
}

function calibrationTypes(
  builder: Builder,
  Action: ReturnType<typeof wordEnum<ActionType>>,
  feedback: Feedbacks,
): void {
  const Bin = builder.objectRef<ReliabilityBin>('FeedbackReliabilityBin').implement({
    description: 'Predictions of about the same confidence.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      from: t.exposeFloat('from', { description: 'Least confidence of the bin.' }),
      to: t.exposeFloat('to', { description: 'Where the next bin begins.' }),
      predictions: t.exposeInt('predictions', { description: 'How many there are.' }),
      meanConfidence: t.exposeFloat('meanConfidence', { description: 'What they said on average.' }),
      cameTrue: t.exposeFloat('cameTrue', { description: 'Share that came true, from 0 to 1.' }),
      lower: t.exposeFloat('lower', { description: 'Lower end of the 95 % interval of that share.' }),
      upper: t.exposeFloat('upper', { description: 'Upper end of the 95 % interval of that share.' }),
    }),
  })
  const CalibrationType = builder.objectRef<Calibration>('FeedbackCalibration').implement({
    description: 'How well the confidence of predictions fits with what came.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      predictions: t.exposeInt('predictions', { description: 'Settled predictions that said how sure they were.' }),
      brierScore: t.exposeFloat('brierScore', {
        nullable: true,
        description: 'Mean square of the error: 0 is perfect, 0.25 is what always saying 0.5 earns. Null without any.',
      }),
      calibrationError: t.exposeFloat('calibrationError', {
        nullable: true,
        description: 'Mean distance of confidence and truth over the bins, weighted by predictions. Null without any.',
      }),
      bins: t.field({
        type: [Bin],
        description: 'The reliability diagram: bins that hold predictions.',
        extensions: { boundedList: 'there are at most ten bins' },
        resolve: ({ bins }) => [...bins],
      }),
      notes: t.string({
        description: 'What to make of it, in the reader’s language.',
        resolve: ({ notesEn, notesFr }, _args, ctx) => (ctx.request.locale === 'fr' ? notesFr : notesEn),
      }),
      notesEn: t.exposeString('notesEn', { description: 'The same in English.' }),
      notesFr: t.exposeString('notesFr', { description: 'The same in French.' }),
    }),
  })
  builder.queryField('feedbackCalibration', (t) =>
    t.field({
      type: CalibrationType,
      description: 'How well the confidence of predictions fits with what came.',
      authScopes: read,
      subGraphs: both,
      complexity: 20,
      args: {
        actionType: t.arg({ type: Action, description: 'Of predictions about this alone.' }),
        from: t.arg({ type: 'DateTime', description: 'Recorded at this instant or later.' }),
        until: t.arg({ type: 'DateTime', description: 'Recorded before this instant.' }),
      },
      resolve: (_root, args, ctx) => feedback.calibration(ctx, withoutNulls(args)),
    }),
  )
}
