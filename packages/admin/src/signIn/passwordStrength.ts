/** How hard a password is to guess, from what it is made of. */
export type Strength = 'short' | 'weak' | 'fair' | 'good' | 'strong'

export const leastPassword = 10
export const mostPassword = 128

/**
 * An estimate in bits, by the signs that it is made of and how many of them are new: repetitions, runs along the alphabet or the
 * keyboard, and words that everybody tries first, count little. It advises; the server only asks for the length.
 *
 * @param related what a guesser knows of the person: name, address, team
 */
export function passwordStrength(password: string, related: readonly string[] = []): Strength {
  if (password.length < leastPassword) return 'short'
  const bits = bitsOf(withoutGuesses(password.toLowerCase(), password, related))
  if (bits < 40) return 'weak'
  if (bits < 60) return 'fair'
  return bits < 80 ? 'good' : 'strong'
}

/** Signs that are worth something: what everybody tries counts as one. */
function withoutGuesses(lower: string, password: string, related: readonly string[]): string {
  const parts = related.flatMap((text) => text.toLowerCase().split(/[^\p{Letter}\p{Number}]+/u))
  let left = lower
  for (const guess of [...common, ...parts]) if (guess.length >= 4) left = left.replaceAll(guess, guess[0] ?? '')
  return left.length === lower.length ? password : left
}

function bitsOf(text: string): number {
  const kinds = [
    [/\p{Lowercase}/u, 26],
    [/\p{Uppercase}/u, 26],
    [/\p{Number}/u, 10],
    [/[^\p{Letter}\p{Number}]/u, 20],
  ] as const
  const alphabet = kinds.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0) || 1
  const fresh = [...text].filter((sign, place, signs) => !follows(signs[place - 1], sign)).length
  // Words have fewer choices than their letters: some three bits a sign, unless kinds are mixed.
  return Math.min(fresh * Math.log2(alphabet), text.length * 5)
}

/** The same sign once more, its neighbor in the alphabet, or the next key. */
function follows(before: string | undefined, sign: string): boolean {
  if (before === undefined) return false
  const [one, other] = [before.toLowerCase(), sign.toLowerCase()]
  if (Math.abs((one.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0)) <= 1) return true
  return keyboards.some((row) => row.includes(one + other) || row.includes(other + one))
}

const keyboards = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'azertyuiop', 'qsdfghjklm', 'wxcvbn']
const common = [
  'password',
  'motdepasse',
  'passwort',
  'welcome',
  'bienvenue',
  'bonjour',
  'letmein',
  'iloveyou',
  'jetaime',
  'admin',
  'soleil',
  'dragon',
  'monkey',
  'espalier',
]
