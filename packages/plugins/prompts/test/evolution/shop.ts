import ai from '@espalier/ai'
import { type StubModelServer, type StubRequest, stubModelServer } from '@espalier/ai/testing'
import { definePlugin, sql, type WorkspaceContext } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { afterAll } from 'vitest'
import prompts from '../../src/index.ts'

/** A plugin that sells pears, and has a prompt to describe them. */
const shop = definePlugin({
  name: 'shop',
  requires: [prompts],
  setup: ({ use }) =>
    use(prompts).define({
      name: 'shop.describe',
      description: 'Describes what is sold.',
      variables: [
        { name: 'product', type: 'text', description: 'What is sold.' },
        { name: 'price', type: 'text', description: 'What it costs.' },
      ],
      wordings: {
        en: { system: '', template: 'Describe {{ product }} at {{ price }}.' },
        fr: { system: '', template: 'Décrivez {{ product }} à {{ price }}.' },
      },
    }),
})

/** A kernel whose model service is a stub. Call it while the test file is being collected. */
export async function shopKernel() {
  const served = await servedKernel([tracking, experiments, ai, prompts, shop])
  const { kernel, signIn } = served
  const service = kernel.service(prompts)

  /** A workspace with a model service of its own, eight cases and a prompt. */
  async function openShop({
    learning = 4,
    heldBack = 6,
    model = true,
    language = 'en' as 'en' | 'fr',
    judge = false,
  } = {}) {
    const owner = await signIn()
    const context = kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
    const stub = await stubModelServer({ answer: shopAssistant })
    afterAll(() => stub.close())
    if (model)
      await context.transaction((tx) =>
        kernel.service(ai).setConnection(tx, { baseUrl: stub.baseUrl, apiKey: 'sk-test' }),
      )
    const { variant } = await service.variants.find(context, 'shop.describe', language)
    const promptId = variant.prompt.id
    const add = (held: boolean, at: number) =>
      service.cases.add(context, {
        promptId,
        language,
        variables: { product: `${held ? 'HELD' : 'SEEN'}-${at}`, price: `${at + 10} €` },
        expectation: {
          checks: [
            { check: 'contains', values: [`${at + 10} €`] },
            { check: 'contains', values: ['free delivery'] },
            { check: 'maxWords', value: 12 },
          ],
          ...(judge && { judge: 'It is friendly.' }),
        },
        heldBack: held,
      })
    for (let at = 0; at < learning; at++) await add(false, at)
    for (let at = 0; at < heldBack; at++) await add(true, at)
    return { ...owner, context, stub, promptId, variantId: variant.id, owner }
  }
  return { ...served, service, openShop }
}

/** What the evolution with that id came to. */
export async function readEvolution(context: WorkspaceContext, id: string) {
  return context.db.prisma.promptEvolution.findFirstOrThrow({ where: { id } })
}

export function drafts(context: WorkspaceContext, promptId: string) {
  return context.db.query<{ id: string; template: string; note: string }>(sql`
    select "id", "template", "note" from "PromptVariant"
    where "promptId" = ${promptId} and "status" = 'draft' order by "version"`)
}

/** Which of the stub's requests were of which kind. */
export function asked(stub: StubModelServer) {
  const of = (kind: string) => stub.paid.filter((request) => kindOf(request) === kind)
  return { tasks: of('task'), reflections: of('reflect'), merges: of('merge'), verdicts: of('judge') }
}

/**
 * A model that does what a wording says and no more: it names the price where the wording speaks of it, promises delivery where
 * the wording wants that, and is long-winded unless told otherwise. As a reflecting model it mends the first fault that it reads.
 */
export function shopAssistant(request: StubRequest) {
  const text = request.messages.map(({ content }) => content).join('\n')
  switch (kindOf(request)) {
    case 'judge':
      return { json: { reason: 'Not friendly.', score: text.includes('Dear customer') ? 1 : 0 } }
    case 'reflect':
      return {
        json: { diagnosis: 'Something was missing.', system: '', template: mended(wordings(text)[0] as string, text) },
      }
    case 'merge': {
      const [first, second] = wordings(text) as [string, string]
      const more = second.split('. ').filter((sentence) => !first.includes(sentence.replace(/\.$/, '')))
      return { json: { diagnosis: 'Both.', system: '', template: [first, ...more].join(' ') } }
    }
    default: {
      const price = /[àt] <data>([^<]*)<\/data>/.exec(text)?.[1] ?? ''
      return [
        text.includes('Be brief')
          ? 'A pear.'
          : 'A pear, and many, many more words than anybody would ever care to read about one.',
        text.includes('Name the price') ? price : '',
        text.includes('Promise free delivery') ? 'With free delivery.' : '',
        text.includes('Be friendly') ? 'Dear customer.' : '',
      ].join(' ')
    }
  }
}

function mended(template: string, text: string): string {
  const cures = [
    ['should contain “free delivery”', 'Promise free delivery.'],
    ['€”', 'Name the price.'],
    ['words; 12 are allowed', 'Be brief.'],
    ['Not friendly', 'Be friendly.'],
  ] as const
  const cure = cures.find(([fault, cure]) => text.includes(fault) && !template.includes(cure))
  return `${template} ${cure?.[1] ?? 'Do as well as you can.'}`
}

/** The templates that a reflecting model is shown. */
function wordings(text: string): string[] {
  const shown = /(?:user message(?: now)?:|message utilisateur(?: actuel)? :)\n<data>([\s\S]*?)<\/data>/gi
  return [...text.matchAll(shown)].map(([, template]) => template as string)
}

function kindOf({ messages }: StubRequest): string {
  const system = messages[0]?.content ?? ''
  const said = (...texts: string[]) => texts.some((text) => system.includes(text))
  if (said('You judge answers', 'Vous évaluez des réponses')) return 'judge'
  if (said('Two wordings of one prompt', 'Deux formulations d’un même prompt')) return 'merge'
  return said('You improve prompts', 'Vous améliorez des prompts') ? 'reflect' : 'task'
}
