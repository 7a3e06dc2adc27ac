/** Whether another attempt at once would end alike: it waits for a person, for money, or for another question. */
export function isLasting(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' && code.startsWith('AI_') && !passing.includes(code)
}

const passing = ['AI_UNAVAILABLE', 'AI_CANCELED']
