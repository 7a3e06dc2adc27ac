import { type Builder, both, prismaList, type WorkspaceNodeRef, wordEnum, workspaceNode } from '@espalier/core'
import type { AccessibilityIssue } from '../quality/accessibility.ts'
import type { AccessibilityReports } from '../quality/accessibilityReports.ts'
import { pageObject } from './publicTypes.ts'

const read = { permission: 'pages:read' } as const
const write = { permission: 'pages:write' } as const

export function accessibilityTypes(
  builder: Builder,
  Page: WorkspaceNodeRef<'Page'>,
  accessibility: AccessibilityReports,
): void {
  const AccessibilityReportStatus = wordEnum(builder, 'AccessibilityReportStatus', 'Where a report is.', {
    waiting: 'Until a browser is free.',
    running: 'A browser looks at the page.',
    done: 'It has a score and issues.',
    failed: 'It says why.',
  })
  const AccessibilityElement = pageObject<AccessibilityIssue['elements'][number]>(builder, 'AccessibilityElement', {
    description: 'An element that an issue concerns.',
    fields: (t) => ({
      selector: t.exposeString('selector', { description: 'CSS selector of it.' }),
      html: t.exposeString('html', { description: 'The beginning of its markup.' }),
      mend: t.exposeString('mend', { description: 'What to change.' }),
    }),
  })
  const AccessibilityIssueType = pageObject<AccessibilityIssue>(builder, 'AccessibilityIssue', {
    description: 'A rule of accessibility that a page breaks.',
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
        variantKey: t.arg.string({ description: 'The variant. Default: the first. Example: `bold`.' }),
      },
      resolve: (_root, { pageId, variantKey }, ctx) =>
        accessibility.request(ctx, pageId.id, variantKey ?? undefined) as never,
    }),
  )
}
