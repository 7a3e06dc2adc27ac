/** Tokens of the longest answer, where the version does not say: the default of the workspace’s setting. */
const longest = 4096

/**
 * What a question will cost, before it is asked.
 *
 * @param price millionths of a US dollar for a million tokens
 * @param tokens of the question
 * @param maxOutputTokens of the longest answer
 * @returns millionths of a US dollar: with an answer of 500 tokens, and with the longest
 */
export function costOf(
  price: { readonly inputMicros: number; readonly outputMicros: number },
  tokens: number,
  maxOutputTokens = longest,
): { likely: number; most: number } {
  const micros = (output: number) => Math.ceil((tokens * price.inputMicros + output * price.outputMicros) / 1_000_000)
  return { likely: micros(Math.min(500, maxOutputTokens)), most: micros(maxOutputTokens) }
}
