import type { Settings } from './settings.ts'

/** Millionths of a US dollar for a million tokens: $2.50 is 2,500,000. */
export interface Price {
  readonly input: number
  /** Of input that the service had cached. */
  readonly cachedInput: number
  readonly output: number
  /** When the price held: "2026-03-21"; null where the workspace has set it. */
  readonly asOf: string | null
}

export interface Usage {
  /** Cached ones included. */
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
}

/** When the list held, as secondary sources give OpenAI's standard tier (https://platform.openai.com/docs/pricing has the last word). */
export const pricesAsOf = '2026-03-21'

/** Input, cached input and output; US dollars for a million tokens. */
const listed: Readonly<Record<string, readonly [number, number, number]>> = {
  'gpt-5.4': [2.5, 0.25, 15],
  'gpt-5.2': [1.75, 0.175, 14],
  'gpt-5.1': [1.25, 0.125, 10],
  'gpt-5': [1.25, 0.125, 10],
  'gpt-5-mini': [0.25, 0.025, 2],
  'gpt-5-nano': [0.05, 0.005, 0.4],
  'gpt-4.1': [2, 0.5, 8],
  'gpt-4.1-mini': [0.4, 0.1, 1.6],
  'gpt-4.1-nano': [0.1, 0.025, 0.4],
  'gpt-4o': [2.5, 1.25, 10],
  'gpt-4o-mini': [0.15, 0.075, 0.6],
  o3: [2, 0.5, 8],
  'o4-mini': [1.1, 0.275, 4.4],
  'o3-mini': [1.1, 0.55, 4.4],
  o1: [15, 7.5, 60],
}

/**
 * What a model costs: as the workspace has set it, else as listed. A dated edition ("gpt-4.1-2025-04-14") costs what its model
 * costs. Undefined for a model that nobody knows the price of.
 */
export function priceOf(model: string, own: Settings['prices']): Price | undefined {
  const set = Object.hasOwn(own, model) ? own[model] : undefined
  if (set) return { ...perMillion(set.input, set.cachedInput ?? set.input, set.output), asOf: null }
  const name = model.replace(/-\d{4}-\d{2}-\d{2}$/, '')
  const known = Object.hasOwn(listed, name) ? listed[name] : undefined
  return known && { ...perMillion(...known), asOf: pricesAsOf }
}

/** Every model that has a price: those of the list, and those that the workspace has set. By name. */
export function allPrices(own: Settings['prices']): { model: string; price: Price }[] {
  const models = [...new Set([...Object.keys(listed), ...Object.keys(own)])].sort()
  return models.flatMap((model) => {
    const price = priceOf(model, own)
    return price ? [{ model, price }] : []
  })
}

/** @returns millionths of a US dollar, rounded up: what is spent never looks like less than it is */
export function costOf({ input, cachedInput, output }: Price, usage: Usage): number {
  // A service that reports more cached than there was would make a call cost less than nothing.
  const cached = Math.min(usage.cachedTokens, usage.inputTokens)
  const millionths = (usage.inputTokens - cached) * input + cached * cachedInput + usage.outputTokens * output
  return Math.ceil(millionths / 1_000_000)
}

/**
 * The most tokens that texts can be. A token of a byte-level encoding is at least one byte, and what stands around a message
 * is a few tokens more (https://github.com/openai/openai-cookbook counts 3 each, and 3 for the answer).
 */
export function mostTokens(texts: readonly string[]): number {
  return texts.reduce((tokens, text) => tokens + Buffer.byteLength(text) + 8, 16)
}

function perMillion(input: number, cachedInput: number, output: number): Omit<Price, 'asOf'> {
  return { input: micros(input), cachedInput: micros(cachedInput), output: micros(output) }
}

/** US dollars as whole millionths. */
export function micros(dollars: number): number {
  return Math.round(dollars * 1_000_000)
}
