import { pluralOf, singularOf } from './english.ts'
import { reservedWord } from './reservedWords.ts'

/** Everything that a plugin's code is named by. */
export interface PluginNames {
  /** "gift-cards": of the plugin, its package, folder, permissions, address. */
  readonly plugin: string
  /** "gift_cards": of its migration. */
  readonly snake: string
  /** "giftCards", "GiftCards": of its service. */
  readonly service: string
  readonly Service: string
  /** "gift-card": what it is about; of its event. */
  readonly thing: string
  readonly things: string
  /** "giftCard", "giftCards", "GiftCard", "GiftCards": of its functions and components. */
  readonly item: string
  readonly items: string
  readonly Item: string
  readonly Items: string
  /** "GiftCard", "giftCard", "GiftCards", "giftCards": of the table and its GraphQL types. */
  readonly Model: string
  readonly model: string
  readonly Models: string
  readonly models: string
}

/** What was asked for cannot be made. Nothing was written. */
export class RefusedName extends Error {}

const usage = `npm run plugin:new -- <name> [thing]

  npm run plugin:new -- gift-cards       a plugin about gift cards: table GiftCard, list giftCards
  npm run plugin:new -- loyalty          a plugin about its items: table LoyaltyItem, list loyaltyItems
  npm run plugin:new -- loyalty reward   a plugin about rewards: table LoyaltyReward, list loyaltyRewards`

/** Postgres cuts names at 63 bytes; "<Model>_workspaceId_createdAt_id_idx" needs 34 of them beside the model's. */
const longest = 24

/**
 * The names of a plugin, from what stands on the command line: its own, and what it is about in the singular. Without the
 * latter a plural says it ("gift-cards": gift card); what is no plural has items.
 *
 * @throws RefusedName with the way out
 */
export function pluginNames(given: readonly string[]): PluginNames {
  const [plugin, ownThing, ...more] = given
  if (plugin === undefined || plugin.startsWith('-')) throw new RefusedName(`Name the plugin: ${usage}`)
  if (more.length > 0)
    throw new RefusedName(
      `"${given.join(' ')}" are ${given.length} names. Join the words of one by hyphens: "${asName(given.join('-'))}".\n\n${usage}`,
    )
  check(plugin, 'a plugin', 'gift-cards')
  if (ownThing !== undefined) check(ownThing, 'what it is about', 'gift-card')

  const singular = singularOf(plugin)
  const thing = ownThing ?? singular ?? 'item'
  // A plugin about its own plural needs no prefix twice: GiftCard, and not GiftCardsGiftCard.
  const model = thing === singular || thing === plugin ? thing : `${singular ?? plugin}-${thing}`
  return {
    plugin,
    snake: plugin.replaceAll('-', '_'),
    service: camel(plugin),
    Service: pascal(plugin),
    thing,
    things: pluralOf(thing),
    item: camel(thing),
    items: camel(pluralOf(thing)),
    Item: pascal(thing),
    Items: pascal(pluralOf(thing)),
    Model: pascal(model),
    model: camel(model),
    Models: pascal(pluralOf(model)),
    models: camel(pluralOf(model)),
  }
}

function check(name: string, what: string, example: string): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new RefusedName(
      `"${name}" cannot name ${what}: use lower-case words joined by hyphens, such as "${asName(name) || example}".`,
    )
  if (name.length > longest)
    throw new RefusedName(
      `"${name}" has ${name.length} letters; a name has at most ${longest}, for tables and indexes are named after it.`,
    )
  const reserved = reservedWord([
    camel(name),
    pascal(name),
    camel(singularOf(name) ?? name),
    pascal(singularOf(name) ?? name),
  ])
  if (reserved)
    throw new RefusedName(
      `"${name}" cannot name ${what}: "${reserved.word}" ${reserved.why}. Add a word to it, such as "${name}-desk".`,
    )
}

/** What somebody may have meant: "Gift Cards", "giftCards" and "gift_cards" → "gift-cards". */
function asName(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
}

function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

function pascal(name: string): string {
  return camel(name).replace(/^./, (letter) => letter.toUpperCase())
}
