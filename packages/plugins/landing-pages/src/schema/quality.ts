import { type Builder, both, told, type WorkspaceNodeRef, wordEnum } from '@espalier/core'
import type { Finding } from '../quality/finding.ts'
import type { PageQuality, QualityChecks, VariantFigures } from '../quality/pageQuality.ts'
import { pageObject } from './publicTypes.ts'

const read = { permission: 'pages:read' } as const

export function qualityTypes(builder: Builder, Page: WorkspaceNodeRef<'Page'>, quality: QualityChecks): void {
  const FindingSeverity = wordEnum(builder, 'FindingSeverity', 'Whether a finding keeps a page from being published.', {
    error: 'It does.',
    warning: 'It does not.',
  })
  const PageFinding = pageObject<Finding>(builder, 'PageFinding', {
    description: 'Something on a page that visitors would stumble over.',
    fields: (t) => ({
      code: t.exposeString('code', { description: 'A stable code, such as ALT_MISSING.' }),
      severity: t.field({
        type: FindingSeverity,
        description: 'Whether it blocks.',
        resolve: ({ severity }) => severity,
      }),
      message: t.string({
        description: 'What is wrong, and the way out.',
        resolve: ({ message }, _args, ctx) => told(ctx.request.locale, message),
      }),
      variantKey: t.exposeString('variantKey', { description: 'The variant that it is in.' }),
      blockId: t.exposeString('blockId', {
        nullable: true,
        description: 'The block, by its props.id. Null for the page as a whole.',
      }),
    }),
  })
  const VariantWeight = pageObject<VariantFigures>(builder, 'VariantWeight', {
    description: 'How much a variant of a page is to load and to read.',
    fields: (t) => ({
      variantKey: t.exposeString('variantKey', { description: 'The variant.' }),
      bytes: t.exposeInt('bytes', { description: 'HTML with its CSS, before compression. The budget is 50,000.' }),
      gzipBytes: t.exposeInt('gzipBytes', { description: 'The same after gzip.' }),
      words: t.exposeInt('words', { description: 'Words that visitors see.' }),
      readingSeconds: t.exposeInt('readingSeconds', {
        description: 'How long reading them takes, at 238 words a minute.',
      }),
    }),
  })
  const PageQualityType = pageObject<PageQuality>(builder, 'PageQuality', {
    description: 'What a page would be like if it were published now.',
    fields: (t) => ({
      publishable: t.boolean({
        description: 'Whether publishPage would take it: no finding is an error.',
        resolve: ({ findings }) => findings.every(({ severity }) => severity !== 'error'),
      }),
      findings: t.field({
        type: [PageFinding],
        description: 'What is to be mended.',
        resolve: ({ findings }) => [...findings],
        extensions: { boundedList: 'a few for each block of at most 20 variants' },
      }),
      variants: t.field({
        type: [VariantWeight],
        description: 'The weight of each variant whose content is valid.',
        resolve: ({ variants }) => [...variants],
        extensions: { boundedList: 'a page has at most 20 variants' },
      }),
    }),
  })

  builder.queryField('pageQuality', (t) =>
    t.field({
      type: PageQualityType,
      description: 'Checks what editors see of a page: content, links, images, headings, contrast, length and weight.',
      authScopes: read,
      subGraphs: both,
      complexity: 100,
      args: {
        pageId: t.arg.globalID({ for: Page, required: true, description: 'The page.' }),
        foreignLinks: t.arg.boolean({
          defaultValue: false,
          description: 'Whether links to other sites are asked for too. That may take some seconds.',
        }),
      },
      resolve: (_root, { pageId, foreignLinks }, ctx) => quality.check(ctx, pageId.id, foreignLinks ?? false),
    }),
  )
}
