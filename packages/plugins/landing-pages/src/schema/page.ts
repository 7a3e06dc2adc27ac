import { isDeepStrictEqual } from 'node:util'
import { type Builder, both, filterBy, follow, prismaList, searchIn, wordEnum, workspaceNode } from '@espalier/core'
import { missingTypes, type PageContent } from '../content.ts'
import { pageChanged } from '../events.ts'
import type { Pages } from '../pages.ts'
import { PerformanceScores } from '../performanceScore.ts'
import { accessibilityTypes } from './accessibilityReport.ts'
import { loopTypes } from './loop.ts'
import { pageFigures } from './pageFigures.ts'
import { pageMutations } from './pageMutations.ts'
import { presenceTypes } from './presence.ts'
import { previewTypes } from './preview.ts'
import { qualityTypes } from './quality.ts'
import { pageAuthorType, revisionTypes } from './revision.ts'
import { rolloutTypes } from './rollout.ts'
import { submissionTypes } from './submission.ts'

const read = { permission: 'pages:read' } as const

export function pageTypes(builder: Builder, pages: Pages): void {
  const PageStatus = wordEnum(builder, 'PageStatus', 'Where a page is in its life.', {
    draft: 'Only editors see it.',
    active: 'Visitors see what was published last.',
    archived: 'Taken from the public.',
  })

  const PageAuthorType = pageAuthorType(builder)
  const scores = new PerformanceScores(pages.experiments)

  const PageVariant = workspaceNode(builder, 'PageVariant', {
    description: 'One version of a page.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      key: t.exposeString('key', { description: 'The key of the experiment’s variant that it shows.' }),
      status: t.expose('status', {
        type: PageStatus,
        description: 'Draft until it is published; archived ones keep their history and are shown to nobody.',
      }),
      page: t.relation('page', { description: 'The page that it is a version of.' }),
      parent: t.relation('parent', { nullable: true, description: 'The variant that it was derived from.' }),
      createdByType: t.expose('createdByType', { type: PageAuthorType, description: 'On whose behalf it was made.' }),
      createdByName: t.exposeString('createdByName', {
        description: 'Who made it, by the name of that time. Empty where it is not known.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
      version: t.exposeInt('version', {
        description: 'How often its content was saved. Give it back with updatePageVariant as `expectedVersion`.',
      }),
      hasUnpublishedChanges: t.boolean({
        description: 'Whether editors see something else than visitors do.',
        resolve: ({ content, published }) => !isDeepStrictEqual(content, published),
      }),
      performanceScore: t.float({
        nullable: true,
        complexity: 5,
        description:
          'How well it converts, 0 to 100: a hundred times the lower end of the interval of its conversion rate in the page’s experiment, so that luck with few visitors does not win. Null without an experiment, and before anybody saw it.',
        select: { key: true, page: { select: { experimentId: true } } } as never,
        resolve: (variant: { key: string; page?: { experimentId: string | null } }, _args, ctx) =>
          scores.of(ctx, variant.page?.experimentId ?? null, variant.key),
      }),
      missingBlocks: t.stringList({
        description:
          'Types of blocks in it that no plugin brings (any more): they are left out when the page is served.',
        extensions: { boundedList: 'as many as there are types in a page of at most 200 blocks' },
        resolve: ({ content }) => [...missingTypes(content as unknown as PageContent, pages.catalog)],
      }),
      content: t.expose('content', {
        type: 'JSON',
        description: 'What editors see: blocks in the data shape of Puck.',
      }),
      published: t.expose('published', {
        type: 'JSON',
        nullable: true,
        description: 'What visitors see. Null until it is published.',
      }),
    }),
  })

  const Page = workspaceNode(builder, 'Page', {
    description: 'A landing page.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      slug: t.exposeString('slug', { description: 'Last part of its address, unique in the workspace.' }),
      title: t.exposeString('title', { description: 'What people here call it.' }),
      language: t.exposeString('language', { description: 'Language of its content, BCP 47.' }),
      status: t.expose('status', { type: PageStatus, description: 'Where it is in its life.' }),
      url: t.string({
        description: 'Where visitors find it once it is active.',
        complexity: 2,
        resolve: ({ slug }, _args, ctx) => pages.address(ctx, slug),
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
      version: t.exposeInt('version', {
        description: 'How often its own fields were saved. Give it back with updatePage as `expectedVersion`.',
      }),
      publishedAt: t.expose('publishedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When its content was last published.',
      }),
      experiment: t.prismaField({
        // A type of the experiments plugin, which this one requires.
        type: 'Experiment',
        nullable: true,
        description: 'The experiment that picks the variant. Null without one, or when it has been deleted.',
        resolve: (query, { experimentId }, _args, ctx) =>
          experimentId ? ctx.db.prisma.experiment.findFirst({ ...query, where: { id: experimentId } }) : null,
      }),
      variants: t.relation('variants', {
        description: 'Its versions, in order; the first is shown where nothing picks another.',
        query: { where: { status: { not: 'archived' } }, orderBy: { position: 'asc' } },
        extensions: { boundedList: 'a page has at most 20 variants' },
      }),
    }),
  })

  const variants = prismaList(builder, PageVariant, {
    filter: { status: PageStatus, key: 'text', createdAt: 'dateTime' },
    orderBy: ['createdAt', 'updatedAt'],
  })

  builder.prismaObjectField('Page', 'allVariants', (t) =>
    variants.field(t, {
      description: 'Its versions, archived ones too, the newest first.',
      where: (_args, _ctx, page: { id: string }) => ({ pageId: page.id }),
    }),
  )

  const list = prismaList(builder, Page, {
    filter: {
      search: searchIn('title', 'slug'),
      improves: filterBy('Boolean', 'Whether it improves itself.', (improves) => {
        const on = { loop: { is: { mode: { not: 'off' } } } }
        return improves ? on : { NOT: on }
      }),
      loopWaits: filterBy('Boolean', 'Whether a step of its loop waits for a person.', (waits) => {
        const some = { loopRuns: { some: { steps: { some: { status: 'waiting' } } } } }
        return waits ? some : { NOT: some }
      }),
      status: PageStatus,
      slug: 'text',
      title: 'text',
      language: 'text',
      createdAt: 'dateTime',
      updatedAt: 'dateTime',
      publishedAt: 'dateTime',
    },
    orderBy: ['createdAt', 'updatedAt', 'title', 'publishedAt'],
  })

  builder.queryField('pages', (t) =>
    list.field(t, { description: 'Pages of the workspace.', authScopes: read, subGraphs: both }),
  )

  builder.queryField('page', (t) =>
    t.prismaField({
      type: Page,
      nullable: true,
      description: 'A page by its slug.',
      authScopes: read,
      subGraphs: both,
      args: { slug: t.arg.string({ required: true, description: 'Unique in the workspace. Example: `spring-sale`.' }) },
      resolve: (query, _root, { slug }, ctx) => ctx.db.prisma.page.findFirst({ ...query, where: { slug } }),
    }),
  )

  builder.subscriptionField('pageChanged', (t) =>
    t.field({
      type: Page,
      description:
        'A page, at once and again whenever somebody saves it or one of its variants, publishes it or brings a variant out; at most 4 times a second.',
      extensions: { live: { shared: true } },
      authScopes: read,
      args: { id: t.arg.globalID({ for: Page, required: true, description: 'The page to watch.' }) },
      subscribe: async (_root, { id }, ctx) => {
        await pages.get(ctx, id.id)
        return follow(pages.published.live, ctx.workspaceId, pageChanged, id.id, ctx.request.signal)
      },
      resolve: (_message, { id }, ctx) => pages.get(ctx, id.id) as never,
    }),
  )

  pageFigures(builder, pages.tracking)
  pageMutations(builder, Page, PageVariant, pages)
  revisionTypes(builder, PageVariant, PageAuthorType, pages)
  previewTypes(builder, PageVariant, PageAuthorType, pages)
  presenceTypes(builder, Page, pages)
  rolloutTypes(builder, Page, pages)
  qualityTypes(builder, Page, pages.quality)
  accessibilityTypes(builder, Page, pages.accessibility)
  submissionTypes(builder, Page, pages)
  loopTypes(builder, Page, PageVariant, pages)
}
