import { type Builder, both, prismaList, told, workspaceNode } from '@espalier/core'
import { featureInWords } from '../loop/brain/index.ts'

const read = { permission: 'pages:read' } as const

/** What the analyses of a page found: how its variants did, and what goes with better or worse results. */
export function loopFigureTypes(builder: Builder): void {
  const Analysis = workspaceNode(builder, 'PageAnalysis', {
    description: 'How a variant did, as an analysis found it.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      variantKey: t.exposeString('variantKey', { description: 'Key of the variant.' }),
      visitors: t.exposeInt('visitors', { description: 'Visitors that met it, each once.' }),
      conversions: t.exposeInt('conversions', { description: 'Of those, how many converted.' }),
      conversionRate: t.exposeFloat('conversionRate', {
        nullable: true,
        description: 'From 0 to 1, weighted over the phases of the experiment. Null before anybody saw it.',
      }),
      rateLower: t.exposeFloat('rateLower', { nullable: true, description: 'Lower end of the interval of the rate.' }),
      rateUpper: t.exposeFloat('rateUpper', { nullable: true, description: 'Upper end of it.' }),
      engagementScore: t.exposeFloat('engagementScore', {
        nullable: true,
        description:
          'From 0 to 100: half of it visible time, up to a minute a view; three tenths depth of scrolling; two tenths clicks.',
      }),
      bounceRate: t.exposeFloat('bounceRate', {
        nullable: true,
        description: 'Share of the visits without engagement, from 0 to 1.',
      }),
      confidence: t.exposeFloat('confidence', {
        nullable: true,
        description: 'Probability that it is the best of those that take part, from 0 to 1.',
      }),
      score: t.exposeFloat('score', {
        nullable: true,
        description:
          'From 0 to 100, beside the others of the same analysis: seven tenths the lower end of the conversion rate’s interval over the highest of them, two tenths engagement, a tenth visits that do not bounce.',
      }),
      share: t.exposeFloat('share', {
        nullable: true,
        description: 'Its share of the visitors at that time, from 0 to 1.',
      }),
      at: t.expose('at', { type: 'DateTime', description: 'When.' }),
      run: t.relation('run', { description: 'The analysis.' }),
    }),
  })
  const Pattern = workspaceNode(builder, 'PagePattern', {
    description: 'A feature of pages that goes with better or worse results, as an analysis found it.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      feature: t.exposeString('feature', {
        description:
          'Such as "block:Testimonials", "order:Pricing<Features", "tone:question", "length:short", "action:imperative".',
      }),
      label: t.string({
        description: 'The feature in words of the reader’s language.',
        resolve: ({ feature }, _args, ctx) => told(ctx.request.locale, featureInWords(feature)),
      }),
      alsoCalled: t.exposeStringList('alsoCalled', {
        description: 'Features that the same variants have: the figures are of all of them together.',
        extensions: { boundedList: 'as many as a page has features' },
      }),
      alsoLabeled: t.stringList({
        description: 'The same in words of the reader’s language.',
        extensions: { boundedList: 'as many as a page has features' },
        resolve: ({ alsoCalled }, _args, ctx) =>
          alsoCalled.map((feature) => told(ctx.request.locale, featureInWords(feature))),
      }),
      effect: t.exposeFloat('effect', { description: 'Change of the log odds of converting, shrunk towards 0.' }),
      lower: t.exposeFloat('lower', { description: 'Lower end of its 95 % interval.' }),
      upper: t.exposeFloat('upper', { description: 'Upper end of it.' }),
      visitors: t.exposeInt('visitors', {
        description: 'Visitors of the variants that have it and of those that lack it.',
      }),
      variants: t.exposeInt('variants', { description: 'How many variants have it.' }),
      claimed: t.exposeBoolean('claimed', {
        description:
          'Whether it can be told from chance, corrected for how many features were looked at. Only then say it.',
      }),
      at: t.expose('at', { type: 'DateTime', description: 'When.' }),
      run: t.relation('run', { description: 'The analysis.' }),
    }),
  })
  const analyses = prismaList(builder, Analysis, { filter: { variantKey: 'text', at: 'dateTime' }, orderBy: ['at'] })
  const patterns = prismaList(builder, Pattern, {
    filter: { claimed: 'boolean', feature: 'text', at: 'dateTime' },
    orderBy: ['at', 'effect'],
  })
  builder.prismaObjectFields('PageLoopStep', (t) => ({
    featureLabels: t.field({
      type: 'JSON',
      description: 'Features that its evidence names → what they are called in the reader’s language.',
      resolve: ({ evidence }, _args, ctx) => {
        const { claimed = [], patterns = [] } = (evidence ?? {}) as { claimed?: Named[]; patterns?: Named[] }
        const names = [...claimed, ...patterns].flatMap(({ feature, alsoCalled = [] }) => [feature, ...alsoCalled])
        return Object.fromEntries(names.map((feature) => [feature, told(ctx.request.locale, featureInWords(feature))]))
      },
    }),
  }))

  const ofPage = (_args: object, _ctx: unknown, page: { id: string }) => ({ pageId: page.id })
  const ofRun = (_args: object, _ctx: unknown, run: { id: string }) => ({ runId: run.id })
  builder.prismaObjectFields('Page', (t) => ({
    analyses: analyses.field(t, {
      description: 'How its variants did, analysis by analysis, the latest first.',
      where: ofPage,
    }),
    patterns: patterns.field(t, {
      description: 'What goes with better or worse results, the latest first.',
      where: ofPage,
    }),
  }))
  builder.prismaObjectFields('PageLoopRun', (t) => ({
    analyses: analyses.field(t, { description: 'How the variants did.', where: ofRun }),
    patterns: patterns.field(t, { description: 'What goes with better or worse results.', where: ofRun }),
  }))
}

interface Named {
  readonly feature: string
  readonly alsoCalled?: readonly string[]
}
