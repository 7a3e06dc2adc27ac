import { isDeepStrictEqual } from 'node:util'
import { allBlocks, type BlockData, withoutSlots } from '../../blockData.ts'
import type { PageContent } from '../../content.ts'
import { addressesOf, textsOf } from './pageTexts.ts'
import { type Reason, reason } from './reason.ts'
import { figuresIn } from './wording.ts'

/**
 * What a proposed version has changed that is not its to change: forms stay as they are on the version that it comes from; prices
 * and the small print as visitors see them now on some version; goals as they are on some version; links, images, figures and
 * voices of customers stand on the page already, or among the facts.
 *
 * @param parent the version that it comes from
 * @param current what visitors see now: a price that somebody has taken off the page does not come back
 * @param known all versions of the page that people or the loop have published
 * @param facts what the owner said that it may say, too
 */
export function checkKept(
  candidate: PageContent,
  {
    parent,
    current,
    known,
    facts,
  }: {
    parent: PageContent
    current: readonly PageContent[]
    known: readonly PageContent[]
    facts: readonly string[]
  },
): Reason[] {
  return [
    ...checkForms(candidate, parent),
    ...checkGoals(candidate, parent, [parent, ...known]),
    ...checkPrices(candidate, parent, current),
    ...checkFooters(candidate, parent, current),
    ...checkAddresses(candidate, [parent, ...known]),
    ...checkVoices(candidate, [parent, ...known]),
    ...checkFigures(candidate, [parent, ...known], facts),
  ]
}

function ofType(content: PageContent, type: string): BlockData[] {
  return allBlocks(content).filter((block) => block.type === type)
}

/** What people send has to arrive under the same form, with the same fields and the same words about consent. */
function checkForms(candidate: PageContent, parent: PageContent): Reason[] {
  const now = ofType(candidate, 'Form')
  const before = ofType(parent, 'Form')
  const changed = (form: BlockData) =>
    reason(
      'FORM_CHANGED',
      `The form "${form.props.id}" is not as it was. Forms stay as they are.`,
      `Le formulaire « ${form.props.id} » n’est plus le même. Les formulaires restent tels quels.`,
      form.props.id,
    )
  return [
    ...before.filter((form) => !now.some((same) => isDeepStrictEqual(plain(same), plain(form)))).map(changed),
    ...now.filter((form) => !before.some((same) => same.props.id === form.props.id)).map(changed),
  ]
}

/** Each goal is led to as before, and from a link that the page has: it is what the experiment counts. */
function checkGoals(candidate: PageContent, parent: PageContent, known: readonly PageContent[]): Reason[] {
  const name = (goal: string) => goal.split('\n')[0] as string
  const now = goalsOf(candidate)
  const names = new Set([...now].map(name))
  const leadsTo = new Set(known.flatMap((content) => [...goalsOf(content)]))
  const lost = [...new Set([...goalsOf(parent)].map(name))].filter((goal) => !names.has(goal))
  const invented = [...now].filter((goal) => !leadsTo.has(goal)).map(name)
  return [
    ...lost.map((goal) =>
      reason(
        'GOAL_CHANGED',
        `Nothing leads to the goal "${goal}" any more. Goals and their links stay.`,
        `Plus rien ne mène à l’objectif « ${goal} ». Les objectifs et leurs liens restent.`,
      ),
    ),
    ...invented.map((goal) =>
      reason(
        'GOAL_CHANGED',
        `The goal "${goal}" is new, or leads elsewhere. Goals and their links stay.`,
        `L’objectif « ${goal} » est nouveau ou mène ailleurs. Les objectifs et leurs liens restent.`,
      ),
    ),
  ]
}

function goalsOf(content: PageContent): Set<string> {
  const goals = new Set<string>()
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { goal, href } = value as { goal?: unknown; href?: unknown }
    if (typeof goal === 'string') goals.add(`${goal}\n${typeof href === 'string' ? href : ''}`)
    for (const inner of Object.values(value)) walk(inner)
  }
  walk(content.content)
  return goals
}

/** Plans that a version of the page has: what each costs and how often, and all that is in it. */
function checkPrices(candidate: PageContent, parent: PageContent, current: readonly PageContent[]): Reason[] {
  const now = ofType(candidate, 'Pricing').map(plansOf)
  const before = ofType(parent, 'Pricing').map(plansOf)
  const from = current.flatMap((content) => ofType(content, 'Pricing').map(plansOf))
  const invented = now.filter((plans) => !from.some((same) => isDeepStrictEqual(same, plans)))
  if (invented.length === 0 && now.length >= before.length) return []
  const names = (invented.length > 0 ? invented : before).flat().map(({ name }) => name)
  return [
    reason(
      'PRICE_CHANGED',
      `The plans ${names.join(', ')} are not as they were. Prices, and what is in a plan, stay.`,
      `Les formules ${names.join(', ')} ne sont plus les mêmes. Les prix et le contenu des formules restent.`,
    ),
  ]
}

function plansOf({ props }: BlockData) {
  const plans = Array.isArray(props.plans) ? (props.plans as Record<string, unknown>[]) : []
  return plans.map(({ name, price, period, features }) => ({
    name: String(name),
    ...plainObject({ price, period, features }),
  }))
}

/** Who is behind the page, and the links to the small print. */
function checkFooters(candidate: PageContent, parent: PageContent, current: readonly PageContent[]): Reason[] {
  const words = (content: PageContent) =>
    ofType(content, 'Footer').map(({ props: { id: _id, ...props } }) => plainObject(props))
  const now = words(candidate)
  const from = current.flatMap(words)
  const kept = now.every((footer) => from.some((same) => isDeepStrictEqual(same, footer)))
  if (kept && now.length >= words(parent).length) return []
  return [
    reason(
      'LEGAL_CHANGED',
      'The footer is not as it was. Who is behind the page, and the small print, stay.',
      'Le pied de page n’est plus le même. L’identité de l’éditeur et les mentions légales restent.',
    ),
  ]
}

/** Links, images, and addresses that stand in the text. */
function checkAddresses(candidate: PageContent, known: readonly PageContent[]): Reason[] {
  const from = new Set(
    known.flatMap((content) => [...addressesOf(content), ...written(content)].map(({ address }) => address)),
  )
  return [...addressesOf(candidate), ...written(candidate)]
    .filter(({ address }) => !from.has(address))
    .map(({ blockId, address }) =>
      reason(
        'ADDRESS_UNKNOWN',
        `"${address}" stands nowhere on the page. Only links and images that it has already may be used.`,
        `« ${address} » ne figure nulle part sur la page. Seuls les liens et images déjà présents sont admis.`,
        blockId,
      ),
    )
}

/** Addresses of the web, of mail and numbers to call, in the words themselves. */
function written(content: PageContent) {
  return textsOf(content).flatMap(({ blockId, text }) =>
    [...text.matchAll(/https?:\/\/[^\s<>"]+|www\.[^\s<>"]+|[\w.+-]+@[\w-]+\.[\w.-]*\w/gi)].map(([address]) => ({
      blockId,
      address: address.toLowerCase(),
    })),
  )
}

/** Nobody says on the page what they have not said. */
function checkVoices(candidate: PageContent, known: readonly PageContent[]): Reason[] {
  const voices = (content: PageContent) =>
    ofType(content, 'Testimonials').flatMap(({ props }) =>
      (Array.isArray(props.items) ? (props.items as Record<string, unknown>[]) : []).map(({ quote, name, role }) => ({
        blockId: props.id,
        voice: plainObject({ quote, name, role }),
      })),
    )
  const said = known.flatMap(voices)
  return voices(candidate)
    .filter(({ voice }) => !said.some((one) => isDeepStrictEqual(one.voice, voice)))
    .map(({ blockId, voice }) =>
      reason(
        'VOICE_INVENTED',
        `"${String(voice.name)}" has not said this on the page before. Voices of customers stay word for word.`,
        `« ${String(voice.name)} » n’a pas dit cela sur la page. Les témoignages restent mot pour mot.`,
        blockId,
      ),
    )
}

/** Numbers that nobody vouches for: “97 % of customers”. */
function checkFigures(candidate: PageContent, known: readonly PageContent[], facts: readonly string[]): Reason[] {
  const vouched = new Set([...known.flatMap(textsOf).map(({ text }) => text), ...facts].flatMap(figuresIn))
  return textsOf(candidate).flatMap(({ blockId, text }) =>
    [...new Set(figuresIn(text))]
      .filter((figure) => !vouched.has(figure))
      .map((figure) =>
        reason(
          'FIGURE_UNKNOWN',
          `The number ${figure} stands nowhere on the page nor among the facts. Write it on a version yourself if it is true.`,
          `Le nombre ${figure} ne figure ni sur la page ni parmi les faits. Écrivez-le vous-même sur une version s’il est exact.`,
          blockId,
        ),
      ),
  )
}

function plain(block: BlockData): unknown {
  return JSON.parse(JSON.stringify(withoutSlots(block)))
}

/** As JSON has it: without what is undefined. */
function plainObject(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value))
}
