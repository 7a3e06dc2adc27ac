import { existsSync } from 'node:fs'
import type { AxeResults, ImpactValue, Result } from 'axe-core'
import type { Browser, Page } from 'playwright-core'

/** An issue that axe-core found. */
export interface AccessibilityIssue {
  /** The rule that is broken, such as "color-contrast". */
  readonly rule: string
  readonly impact: Impact
  /** Success criteria of WCAG, such as "1.4.3". */
  readonly criteria: readonly string[]
  /** What is wrong, and where the way out is described. */
  readonly help: string
  readonly helpUrl: string
  /** How many elements are concerned, and the first of them. */
  readonly count: number
  readonly elements: readonly { readonly selector: string; readonly html: string; readonly mend: string }[]
}

export interface AccessibilityFindings {
  /** From 0 to 100: see {@link scoreOf}. */
  readonly score: number
  readonly issues: readonly AccessibilityIssue[]
  /** What looked: "axe-core 4.14.1, Chromium 143.0". */
  readonly engine: string
}

export type Impact = 'minor' | 'moderate' | 'serious' | 'critical'

/** How much a rule counts. The weights of Lighthouse's accessibility audits, which are axe-core's rules. */
const weights: Record<Impact, number> = { minor: 1, moderate: 3, serious: 7, critical: 10 }

/** WCAG 2.0, 2.1 and 2.2, levels A and AA. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

const maxElements = 10

/** A rule that applied to a page, and whether it held. */
export interface RuleOutcome {
  readonly rule: string
  readonly impact: Impact
  readonly passed: boolean
}

/**
 * 100 × (weights of the rules that held) / (weights of the rules that applied), rounded down, so that 100 means that every
 * rule held. A rule that is broken anywhere counts as broken; its weight is 1, 3, 7 or 10 by its impact. A page to which
 * no rule applies has 100. This is how Lighthouse scores accessibility.
 */
export function scoreOf(outcomes: readonly RuleOutcome[]): number {
  const broken = new Set(outcomes.filter(({ passed }) => !passed).map(({ rule }) => rule))
  const applied = new Map(outcomes.map(({ rule, impact }) => [rule, weights[impact]]))
  const sum = (rules: Iterable<[string, number]>) => [...rules].reduce((total, [, weight]) => total + weight, 0)
  const all = sum(applied)
  if (all === 0) return 100
  return Math.floor((100 * (all - sum([...applied].filter(([rule]) => broken.has(rule))))) / all)
}

/** Where systems install Chromium. */
const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Path of a browser to look at pages with, or undefined. */
export function findChromium(configured: string | undefined): string | undefined {
  return configured ?? usualPlaces.find((path) => existsSync(path))
}

export interface LookOptions {
  readonly chromium: string
  readonly html: string
  /** Of the page. Nothing is asked for there: the browser gets `html`, and the images that `image` knows. */
  readonly address: string
  readonly image: (path: string) => Promise<{ body: Buffer; contentType: string } | undefined>
  readonly signal: AbortSignal
  /** From 0 to 100. */
  readonly onProgress: (percent: number) => Promise<void>
}

/** Opens a page in Chromium, in its light and its dark colors, and lets axe-core look at it. The browser reaches no network. */
export async function lookAtPage({
  chromium: executablePath,
  html,
  address,
  image,
  signal,
  onProgress,
}: LookOptions): Promise<AccessibilityFindings> {
  const [{ chromium }, { default: axe }] = await Promise.all([import('playwright-core'), import('axe-core')])
  // Chromium's sandbox does not work for root, as in most containers. What it opens has no script, and no network.
  const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 })
  const end = () => void browser.close().catch(() => {})
  signal.addEventListener('abort', end, { once: true })
  try {
    await onProgress(20)
    const results: AxeResults[] = []
    for (const [index, colorScheme] of (['light', 'dark'] as const).entries()) {
      const context = await browser.newContext({ colorScheme, bypassCSP: true, viewport: { width: 1280, height: 900 } })
      const page = await context.newPage()
      await serve(page, html, address, image)
      await page.goto(address, { waitUntil: 'load' })
      results.push(await runAxe(page, axe.source))
      await context.close()
      await onProgress(index === 0 ? 55 : 90)
    }
    const outcomes = results.flatMap(outcomesOf)
    return {
      score: scoreOf(outcomes),
      issues: issuesOf(results),
      engine: `axe-core ${axe.version}, Chromium ${majorOf(browser)}`,
    }
  } finally {
    signal.removeEventListener('abort', end)
    await browser.close().catch(() => {})
  }
}

async function serve(page: Page, html: string, address: string, image: LookOptions['image']): Promise<void> {
  const { origin } = new URL(address)
  await page.route('**/*', async (route) => {
    const url = new URL(route.request().url())
    if (url.href === address) return route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' })
    const found = url.origin === origin ? await image(url.pathname).catch(() => undefined) : undefined
    return found ? route.fulfill(found) : route.abort()
  })
}

interface ScoredResults extends AxeResults {
  /** Rule → impact, for rules that held: axe-core names it for broken ones alone. */
  readonly impacts: Record<string, ImpactValue>
}

/** What axe-core's script leaves in the page. Impacts of rules are in its workings alone, which its types leave out. */
interface AxeGlobal {
  readonly axe: typeof import('axe-core') & {
    readonly _audit: { readonly rules: readonly { readonly id: string; readonly impact: ImpactValue }[] }
  }
}

async function runAxe(page: Page, source: string): Promise<ScoredResults> {
  await page.evaluate(source)
  return page.evaluate(async (wanted) => {
    const { axe } = globalThis as unknown as AxeGlobal
    const results = await axe.run({ runOnly: { type: 'tag', values: wanted } })
    const impacts = Object.fromEntries(axe._audit.rules.map(({ id, impact }) => [id, impact]))
    return { ...results, impacts }
  }, tags)
}

function outcomesOf(results: AxeResults): RuleOutcome[] {
  const { impacts } = results as ScoredResults
  const outcome = ({ id, impact }: Result, passed: boolean): RuleOutcome => ({
    rule: id,
    impact: (impacts[id] ?? impact ?? 'serious') as Impact,
    passed,
  })
  return [
    ...results.passes.map((rule) => outcome(rule, true)),
    ...results.violations.map((rule) => outcome(rule, false)),
  ]
}

function issuesOf(results: readonly AxeResults[]): AccessibilityIssue[] {
  const byRule = Map.groupBy(
    results.flatMap(({ violations }) => violations),
    ({ id }) => id,
  )
  const issues = [...byRule.values()].map((found): AccessibilityIssue => {
    const [first] = found as [Result]
    const elements = new Map(
      found
        .flatMap(({ nodes }) => nodes)
        .map(({ target, html, failureSummary }) => [
          target.join(' '),
          { selector: target.join(' '), html: html.slice(0, 300), mend: (failureSummary ?? '').slice(0, 600) },
        ]),
    )
    return {
      rule: first.id,
      impact: (first.impact ?? 'serious') as Impact,
      criteria: first.tags.flatMap((tag) => /^wcag(\d)(\d)(\d+)$/.exec(tag)?.slice(1).join('.') ?? []),
      help: first.help,
      helpUrl: first.helpUrl,
      count: elements.size,
      elements: [...elements.values()].slice(0, maxElements),
    }
  })
  return issues.sort((a, b) => weights[b.impact] - weights[a.impact] || b.count - a.count)
}

function majorOf(browser: Browser): string {
  return browser.version().split('.').slice(0, 1).join('.')
}
