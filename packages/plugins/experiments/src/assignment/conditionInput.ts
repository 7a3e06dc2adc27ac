import { issueWords, type Told } from '@espalier/core'
import { z } from 'zod'
import { isObject, isOperators, operators } from './conditionLanguage.ts'
import { regexProblem } from './linearRegex.ts'

const maxDepth = 20
const maxValues = 10_000

/** A condition of people: an error names where in it what is wrong. */
export const conditionInput = z.custom<Record<string, unknown>>().superRefine((condition, context) => {
  for (const { path, message } of conditionProblems(condition))
    context.addIssue({ code: 'custom', path, ...issueWords(message) })
})

interface Problem {
  readonly path: string[]
  readonly message: Told
}

/** What is wrong with a condition; its first problem is enough to go on with. */
export function conditionProblems(condition: unknown): Problem[] {
  const problems: Problem[] = []
  let values = 0
  inCondition(condition, [])
  return problems

  function refuse(path: string[], message: Told): void {
    problems.push({ path, message })
  }

  /** Counts what it walks over: a condition is read on each request. */
  function tooLarge(path: string[]): boolean {
    values++
    if (problems.length > 0) return true
    if (path.length > maxDepth)
      refuse(path, { en: `is nested more than ${maxDepth} deep`, fr: `est imbriqué sur plus de ${maxDepth} niveaux` })
    else if (values > maxValues)
      refuse([], {
        en: `has more than ${maxValues.toLocaleString('en')} values`,
        fr: `a plus de ${maxValues.toLocaleString('en')} valeurs`,
      })
    return problems.length > 0
  }

  function inCondition(given: unknown, path: string[]): void {
    if (tooLarge(path)) return
    if (!isObject(given))
      refuse(path, {
        en: 'is no condition; write an object such as {"country": "FR"}',
        fr: 'n’est pas une condition ; écrivez un objet tel que {"country": "FR"}',
      })
    else for (const [key, expected] of Object.entries(given)) inPart(key, expected, [...path, key])
  }

  function inPart(key: string, expected: unknown, path: string[]): void {
    if (key === '$not') inCondition(expected, path)
    else if (key === '$and' || key === '$or' || key === '$nor') {
      if (!Array.isArray(expected))
        refuse(path, { en: `${key} takes a list of conditions`, fr: `${key} attend une liste de conditions` })
      else for (const [index, condition] of expected.entries()) inCondition(condition, [...path, String(index)])
    } else if (operators.has(key))
      refuse(path, {
        en: `the operator ${key} needs an attribute: {"country": {"${key}": …}}`,
        fr: `l’opérateur ${key} demande un attribut : {"country": {"${key}": …}}`,
      })
    // GrowthBook itself has an attribute of this name.
    else if (key.startsWith('$') && key !== '$groups')
      refuse(path, { en: `there is no operator ${key}`, fr: `il n’y a pas d’opérateur ${key}` })
    else inValue(expected, path)
  }

  function inValue(expected: unknown, path: string[]): void {
    if (tooLarge(path)) return
    if (isOperators(expected))
      for (const [operator, operand] of Object.entries(expected)) inOperator(operator, operand, [...path, operator])
    else if (isObject(expected) && Object.keys(expected).some((key) => key.startsWith('$')))
      refuse(path, {
        en: 'mixes operators and names; name the attribute inside with a dot: {"address.city": "Paris"}',
        fr: 'mêle opérateurs et noms ; nommez l’attribut intérieur avec un point : {"address.city": "Paris"}',
      })
    else if (typeof expected === 'object' && expected !== null)
      for (const [key, value] of Object.entries(expected)) inPlain(value, [...path, key])
  }

  /** A value to be equal to. */
  function inPlain(value: unknown, path: string[]): void {
    if (tooLarge(path) || typeof value !== 'object' || value === null) return
    for (const [key, inside] of Object.entries(value)) inPlain(inside, [...path, key])
  }

  function inOperator(operator: string, operand: unknown, path: string[]): void {
    if (tooLarge(path)) return
    const problem = operandProblem(operator, operand)
    if (problem) refuse(path, problem)
    else if (operator === '$not' || operator === '$size') inValue(operand, path)
    else if (operator === '$elemMatch') isOperators(operand) ? inValue(operand, path) : inCondition(operand, path)
    else if (Array.isArray(operand))
      for (const [index, value] of operand.entries()) inValue(value, [...path, String(index)])
  }
}

/** What is wrong with what an operator is given, as far as it shows without looking inside. */
function operandProblem(operator: string, operand: unknown): Told | undefined {
  if (operator === '$inGroup' || operator === '$notInGroup')
    return {
      en: `the operator ${operator} is not supported: there are no saved groups. List the values in $in`,
      fr: `l’opérateur ${operator} n’est pas admis : il n’y a pas de groupes enregistrés. Listez les valeurs dans $in`,
    }
  if (!operators.has(operator))
    return { en: `there is no operator ${operator}`, fr: `il n’y a pas d’opérateur ${operator}` }
  if (operator === '$not' || operator === '$size' || operator === '$elemMatch') return undefined
  if (/^\$n?ini?$|^\$alli?$/.test(operator))
    return Array.isArray(operand)
      ? undefined
      : { en: `${operator} takes a list, such as ["a", "b"]`, fr: `${operator} attend une liste, telle que ["a", "b"]` }
  if (operator === '$exists')
    return typeof operand === 'boolean'
      ? undefined
      : { en: '$exists takes true or false', fr: '$exists attend true ou false' }
  if (operator === '$type')
    return types.includes(operand as string)
      ? undefined
      : {
          en: `$type takes one of ${types.map((type) => `"${type}"`).join(', ')}`,
          fr: `$type attend l’un de : ${types.join(', ')}`,
        }
  if (operator === '$regex' || operator === '$regexi') {
    if (typeof operand !== 'string')
      return {
        en: `${operator} takes a regular expression as text`,
        fr: `${operator} attend une expression régulière en texte`,
      }
    const problem = regexProblem(operand)
    return problem === undefined
      ? undefined
      : { en: `${operator} ${problem}`, fr: `${operator} : expression refusée (${problem})` }
  }
  if (operator.startsWith('$v'))
    return typeof operand === 'string' || typeof operand === 'number'
      ? undefined
      : {
          en: `${operator} takes a version, such as "2.10.0"`,
          fr: `${operator} attend une version, telle que "2.10.0"`,
        }
  return typeof operand === 'object' && operand !== null
    ? {
        en: `${operator} takes a text, a number, true, false or null`,
        fr: `${operator} attend un texte, un nombre, true, false ou null`,
      }
    : undefined
}

const types = ['string', 'number', 'boolean', 'array', 'object', 'null']
