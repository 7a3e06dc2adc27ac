import { type InputIssue, InvalidInputError } from '../errors.ts'

/**
 * Refuses arguments that PostgreSQL does not store: text with NUL characters or halves of surrogate pairs, which
 * it refuses in JSON and which would come back as another text elsewhere, and JSON without a bottom.
 *
 * @throws InvalidInputError with the path of everything of that kind
 */
export function refuseUnstorable(args: object): void {
  const issues: InputIssue[] = []
  collect(args, '', issues)
  if (issues.length > 0) throw new InvalidInputError(issues)
}

function collect(value: unknown, path: string, issues: InputIssue[], depth = 0): void {
  if (typeof value === 'string') {
    if (!isStorable(value)) issues.push({ path, code: 'UNSTORABLE_TEXT', message })
    return
  }
  if (depth > maxDepth) {
    issues.push({
      path: path.split('.', 3).join('.'),
      code: 'TOO_DEEP',
      message: { en: `Is nested deeper than ${maxDepth} levels.`, fr: `Est imbriqué sur plus de ${maxDepth} niveaux.` },
    })
    return
  }
  // Dates and URLs are what scalars made of text; nothing of theirs is stored as it came.
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof URL) return
  for (const [key, child] of Object.entries(value)) {
    const place = path ? `${path}.${key}` : key
    if (isStorable(key)) collect(child, place, issues, depth + 1)
    else issues.push({ path, code: 'UNSTORABLE_TEXT', message })
  }
}

/** What reads and writes JSON calls itself for each level, and so do we. */
const maxDepth = 100

const message = {
  en: 'Holds a NUL character or half of a surrogate pair, which cannot be stored. Remove it.',
  fr: 'Contient un caractère NUL ou une moitié de paire de substitution, qui ne peut être conservé. Retirez-le.',
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
