import { RE2JS } from 're2js'
import type { RegexCompiler } from './conditionLanguage.ts'

/**
 * Regular expressions of people who may mean no good, on text of strangers: they take time linear in the text. Those
 * that cannot take longer run as JavaScript's own; the others by RE2's method, which never goes back.
 */
export const linearRegex: RegexCompiler = (pattern, insensitive) => {
  try {
    if (cannotBacktrack(pattern)) {
      const native = new RegExp(pattern, insensitive ? 'i' : '')
      return (text) => native.test(text)
    }
    const linear = RE2JS.compile(pattern, insensitive ? RE2JS.CASE_INSENSITIVE : 0)
    return (text) => linear.test(text)
  } catch {
    return undefined
  }
}

/** Nothing repeats, and of alternatives there is one group at most: at each place of the text each is tried once. */
function cannotBacktrack(pattern: string): boolean {
  const syntax = withoutEscapes(pattern)
  return !/[*+?{]/.test(syntax) && syntax.indexOf('(') === syntax.lastIndexOf('(')
}

function withoutEscapes(pattern: string): string {
  return pattern.replace(/\\./gs, '')
}

const maxLength = 500

/** What is wrong with a pattern, in words; undefined when it means the same here, in browsers and in GrowthBook. */
export function regexProblem(pattern: string): string | undefined {
  if (pattern.length > maxLength) return `has more than ${maxLength} characters`
  const foreign = /\\(?![dDwWsSbBnrtfv]|x[\da-fA-F]{2}|[^a-zA-Z0-9]).?|\[\[:/s.exec(pattern.replaceAll('\\\\', '..'))
  if (foreign) return `has "${foreign[0]}", which does not mean the same everywhere`
  try {
    new RegExp(pattern)
    RE2JS.compile(pattern)
    return undefined
  } catch (error) {
    const reason = (error as Error).message.replace(/^.*?: /, '')
    return `is no regular expression that takes linear time: ${reason}. Look-around and back-references are none`
  }
}
