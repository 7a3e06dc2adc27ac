import { type Builder, both, prismaList, type WorkspaceNodeRef, workspaceNode } from '@espalier/core'
import type { AccessibilityIssue } from '../quality/accessibility.ts'
import type { AccessibilityReports } from '../quality/accessibilityReports.ts'
import type { Finding } from '../quality/finding.ts'
import type { PageQuality, QualityChecks, VariantFigures } from '../quality/pageQuality.ts'

const read = { permission: 'pages:read' } as const
const write = { permission: 'pages:write' } as const

interface Services {
  readonly quality: QualityChecks
  readonly accessibility: AccessibilityReports
}

export function qualityTypes(builder: Builder, Page: WorkspaceNodeRef<'Page'>, services: Services): void {
  pageQualityTypes(builder, Page, services)
  accessibilityTypes(builder, Page, services)
}

function pageQualityTypes(builder: Builder, Page: WorkspaceNodeRef<'Page'>, { quality }: Services): void {
  const FindingSeverity = builder.enumType('FindingSeverity', {
    description: 'Whether a finding keeps a page from being published.',
    subGraphs: both,
    values: {
      ERROR: { value: 'error', description: 'It does.' },
      WARNING: { value: 'warning', description: 'It does not.' },
    } as const,
  })
  const PageFinding = builder.objectRef<Finding>('PageFinding').implement({
    description: 'Something on a page that visitors would stumble over.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      code: t.exposeString('code', { description: 'A stable code, such as ALT_MISSING.' }),
      severity: t.field({
        type: FindingSeverity,
        description: 'Whether it blocks.',
        resolve: ({ severity }) => severity,
      }),
      message: t.exposeString('message', { description: 'What is wrong, and the way out.' }),
      variantKey: t.exposeString('variantKey', { description: 'The variant that it is in.' }),
      blockId: t.exposeString('blockId', {
        nullable: true,
        description: 'The block, by its props.id. Null for the page as a whole.',
      }),
    }),
  })
  const VariantWeight = builder.objectRef<VariantFigures>('VariantWeight').implement({
    description: 'How much a variant of a page is to load and to read.',
    authScopes: read,
    subGraphs: both,
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
  const PageQualityType = builder.objectRef<PageQuality>('PageQuality').implement({
    description: 'What a page would be like if it were published now.',
    authScopes: read,
    subGraphs: both,
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

function accessibilityTypes(builder: Builder, Page: WorkspaceNodeRef<'Page'>, { accessibility }: Services): void {
  const AccessibilityReportStatus = builder.enumType('AccessibilityReportStatus', {
    description: 'Where a report is.',
    subGraphs: both,
    values: {
      WAITING: { value: 'waiting', description: 'Until a browser is free.' },
      RUNNING: { value: 'running', description: 'A browser looks at the page.' },
      DONE: { value: 'done', description: 'It has a score and issues.' },
      FAILED: { value: 'failed', description: 'It says why.' },
    } as const,
  })
  const AccessibilityElement = builder
    .objectRef<AccessibilityIssue['elements'][number]>('AccessibilityElement')
    .implement({
      description: 'An element that an issue concerns.',
      authScopes: read,
      subGraphs: both,
      fields: (t) => ({
        selector: t.exposeString('selector', { description: 'CSS selector of it.' }),
        html: t.exposeString('html', { description: 'The beginning of its markup.' }),
        mend: t.exposeString('mend', { description: 'What to change.' }),
      }),
    })
  const AccessibilityIssueType = builder.objectRef<AccessibilityIssue>('AccessibilityIssue').implement({
    description: 'A rule of accessibility that a page breaks.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      rule: t.exposeString('rule', { description: 'Of axe-core, such as "color-contrast".' }),
      impact: t.exposeString('impact', { description: 'minor, moderate, serious or critical.' }),
      criteria: t.exposeStringList('criteria', {
        description: 'Success criteria of WCAG, such as "1.4.3".',
        extensions: { boundedList: 'a rule has a few' },
      }),
      help: t.exposeString('help', { description: 'What the rule asks for.' }),
      helpUrl: t.exposeString('helpUrl', { description: 'Where it is explained.' }),
      count: t.exposeInt('count', { description: 'Elements that it concerns.' }),
      elements: t.field({
        type: [AccessibilityElement],
        description: 'The first of them.',
        resolve: ({ elements }) => [...elements],
        extensions: { boundedList: 'at most 10 are kept' },
      }),
    }),
  })
  const AccessibilityReport = workspaceNode(builder, 'AccessibilityReport', {
    description: 'What axe-core found on a variant of a page in Chromium, in light and in dark colors.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      variantKey: t.exposeString('variantKey', { description: 'The variant.' }),
      status: t.field({
        type: AccessibilityReportStatus,
        description: 'Where it is.',
        resolve: ({ status }) => status,
      }),
      progress: t.exposeInt('progress', { description: 'From 0 to 100.' }),
      score: t.exposeInt('score', {
        nullable: true,
        description:
          'WCAG 2.2 A and AA, from 0 to 100: the weight of the rules that hold over that of the rules that apply, each 1, 3, 7 or 10 by its impact.',
      }),
      issues: t.field({
        type: [AccessibilityIssueType],
        description: 'What is wrong, the worst first.',
        resolve: ({ issues }) => issues as unknown as AccessibilityIssue[],
        extensions: { boundedList: 'one for each of axe-core’s rules at most' },
      }),
      failure: t.exposeString('failure', { nullable: true, description: 'Why it failed.' }),
      engine: t.exposeString('engine', {
        nullable: true,
        description: 'What looked: axe-core and Chromium with their versions.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
      finishedAt: t.expose('finishedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was done, or failed.',
      }),
    }),
  })

  const list = prismaList(builder, AccessibilityReport, {
    filter: { status: AccessibilityReportStatus, createdAt: 'dateTime' },
    orderBy: ['createdAt'],
  })

  builder.queryField('accessibilityReports', (t) =>
    list.field(t, {
      description: 'Reports on a page, the latest first.',
      authScopes: read,
      subGraphs: both,
      args: { pageId: t.arg.globalID({ for: Page, required: true, description: 'The page.' }) },
      where: ({ pageId }) => ({ pageId: pageId.id }),
    }),
  )

  builder.mutationField('checkAccessibility', (t) =>
    t.field({
      type: AccessibilityReport,
      description: 'Asks for a report on what editors see of a page. It is written within a minute; read it again.',
      authScopes: write,
      subGraphs: both,
      args: {
        pageId: t.arg.globalID({ for: Page, required: true, description: 'The page.' }),
        variantKey: t.arg.string({ description: 'The variant. Default: the first.' }),
      },
      resolve: (_root, { pageId, variantKey }, ctx) =>
        accessibility.request(ctx, pageId.id, variantKey ?? undefined) as never,
    }),
  )
}
