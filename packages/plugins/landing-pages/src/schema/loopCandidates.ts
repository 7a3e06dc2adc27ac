import { type Builder, both, told, type WorkspaceNodeRef, wordEnum, workspaceNode } from '@espalier/core'
import type { Reason } from '../loop/generation/reason.ts'
import type { Pages } from '../pages.ts'
import { pageObject } from './publicTypes.ts'

/** The versions that the loop proposed, what made them and what became of them. */
export function loopCandidateTypes(builder: Builder, PageVariant: WorkspaceNodeRef<'PageVariant'>, pages: Pages) {
  const PageGenerator = wordEnum(builder, 'PageGenerator', 'What makes new variants.', {
    model: 'A language model, told what is known of the visitors.',
    recombined: 'Recombination: the blocks, orders and buttons of the page’s own versions in new combinations.',
  })
  const PageCandidateStatus = wordEnum(builder, 'PageCandidateStatus', 'What became of a proposed version.', {
    proposed: 'It keeps every rule.',
    refused: 'It breaks a rule; the reasons say which.',
    approval: 'It keeps every rule, and waits for a person.',
    accepted: 'It is a variant.',
    rejected: 'A person said no.',
    undone: 'It was a variant, and was taken back.',
  })
  const CandidateReason = pageObject<Reason>(builder, 'PageCandidateReason', {
    description: 'Why a proposed version was refused.',
    fields: (t) => ({
      code: t.exposeString('code', { description: 'Stable, such as CLAIM_FORBIDDEN.' }),
      text: t.string({
        description: 'As a sentence, in the reader’s language.',
        resolve: (reason, _args, ctx) => told(ctx.request.locale, reason),
      }),
      blockId: t.exposeString('blockId', { nullable: true, description: '`props.id` of the block. Null: the page.' }),
    }),
  })

  const Candidate = workspaceNode(builder, 'PageCandidate', {
    description: 'A version that the loop proposed.',
    authScopes: { permission: 'pages:read' },
    subGraphs: both,
    fields: (t) => ({
      number: t.exposeInt('number', { description: '1, 2, 3 … within the turn.' }),
      generator: t.field({
        type: PageGenerator,
        description: 'What made it.',
        resolve: ({ origin }) => (origin === 'model' ? 'model' : 'recombined'),
      }),
      aiCallId: t.expose('aiCallId', {
        type: 'UUID',
        nullable: true,
        description: 'The call of a model that wrote it, as its id in the database. Null where none did.',
      }),
      rationale: t.exposeString('rationale', { description: 'What was changed and why, in the proposer’s words.' }),
      content: t.expose('content', {
        type: 'JSON',
        description: 'Blocks in the data shape of Puck; of a refused one, whatever was proposed.',
      }),
      previewUrl: t.string({
        nullable: true,
        description:
          'Shows it as visitors would see it, for an hour, to whoever has the address. Null for a refused one. Nothing is tracked there.',
        resolve: ({ id, status }, _args, ctx) =>
          status === 'refused' ? null : pages.proposals.address(ctx.workspaceId, id, ctx.clock.now()),
      }),
      originPreviewUrl: t.string({
        nullable: true,
        description:
          'Shows the version that it comes from, as visitors get that, to look at both side by side. For an hour, to whoever has the address. Null for a refused one.',
        resolve: ({ id, status }, _args, ctx) =>
          status === 'refused' ? null : pages.proposals.addressOfOrigin(ctx.workspaceId, id, ctx.clock.now()),
      }),
      status: t.field({
        type: PageCandidateStatus,
        description: 'What became of it.',
        resolve: ({ status }) => status,
      }),
      reasons: t.field({
        type: [CandidateReason],
        description: 'Why it was refused.',
        extensions: { boundedList: 'as many as a page of at most 200 blocks breaks rules' },
        resolve: ({ reasons }) => reasons as unknown as Reason[],
      }),
      parent: t.prismaField({
        type: PageVariant,
        nullable: true,
        description: 'The variant that it comes from.',
        resolve: (query, { parentVariantId: id }, _args, ctx) =>
          ctx.db.prisma.pageVariant.findFirst({ ...query, where: { id } }),
      }),
      variant: t.prismaField({
        type: PageVariant,
        nullable: true,
        description: 'The variant that it became.',
        resolve: (query, { variantId: id }, _args, ctx) =>
          id === null ? null : ctx.db.prisma.pageVariant.findFirst({ ...query, where: { id } }),
      }),
      decidedByName: t.exposeString('decidedByName', { nullable: true, description: 'Who decided about it.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was proposed.' }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true, description: 'When it was decided about.' }),
      run: t.relation('run', { description: 'The turn that it was made in.' }),
    }),
  })

  builder.prismaObjectField('PageLoopStep', 'candidate', (t) =>
    t.prismaField({
      type: Candidate,
      nullable: true,
      description: 'The proposed version that it is about. Null where it is about none.',
      resolve: (query, { evidence }, _args, ctx) => {
        const id = (evidence as { candidateId?: string }).candidateId
        return id === undefined ? null : ctx.db.prisma.pageCandidate.findFirst({ ...query, where: { id } })
      },
    }),
  )

  return { Candidate, PageCandidateStatus, PageGenerator }
}
