import { type InputIssue, InvalidInputError, issueWords, said } from '@espalier/core'
import { z } from 'zod'
import type { PromptVariable } from './runner.ts'

const types = ['text', 'number', 'boolean', 'list', 'object'] as const

/** What a prompt is given: checked where it is declared. */
export const variablesInput = z
  .array(
    z.object({
      name: z.string().regex(
        /^[a-z][A-Za-z0-9_]{0,63}$/,
        said({
          en: 'is no name of a variable: a lower-case letter, then letters, digits and _, 64 at most',
          fr: 'n’est pas un nom de variable : une minuscule, puis lettres, chiffres et _, 64 au plus',
        }),
      ),
      type: z.enum(
        types,
        said({
          en: `is no type; they are: ${types.join(', ')}`,
          fr: `n’est pas un type ; ce sont : ${types.join(', ')}`,
        }),
      ),
      description: z
        .string()
        .refine(
          (text) => text.length <= 500,
          said({ en: 'has more than 500 characters', fr: 'dépasse 500 caractères' }),
        )
        .default(''),
      required: z.boolean().default(true),
      example: z
        .json()
        .nullish()
        .transform((value) => value ?? null),
    }),
  )
  .refine((list) => list.length <= 50, said({ en: 'has more than 50 variables', fr: 'a plus de 50 variables' }))
  .refine(
    (list) => new Set(list.map(({ name }) => name)).size === list.length,
    said({ en: 'names a variable twice', fr: 'nomme deux fois une variable' }),
  )
  .superRefine((list, context) => {
    for (const [index, { name, type, example }] of list.entries())
      if (example !== null && !fits(type, example))
        context.addIssue({
          code: 'custom',
          path: [index, 'example'],
          ...issueWords({
            en: `of "${name}" is ${kindOf(example)}, and the variable is of type ${type}`,
            fr: `de « ${name} » ne convient pas : la variable est de type ${type}`,
          }),
        })
  })

/** The most that the values of one execution take as JSON, in characters. */
const maxSize = 500_000

/**
 * The values of a prompt's variables, each of its type; null for what may be missing and is.
 *
 * @throws InvalidInputError with every value that is missing, of another type, or not declared
 */
export function checkValues(
  variables: readonly PromptVariable[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const values = storable(given) as Record<string, unknown>
  const issues = [
    ...variables.flatMap((variable) => valueIssues(variable, own(values, variable.name))),
    ...unknown(variables, values),
  ]
  if (issues.length > 0) throw new InvalidInputError(issues)
  const size = JSON.stringify(values).length
  if (size > maxSize)
    throw InvalidInputError.of('variables', 'TOO_LONG', {
      en: `take ${size} characters, and ${maxSize} are the most. Give less.`,
      fr: `font ${size} caractères, et ${maxSize} est le maximum. Donnez-en moins.`,
    })
  return Object.fromEntries(variables.map(({ name }) => [name, own(values, name) ?? null]))
}

/** What every object has by birth, such as "constructor", nobody has given. */
function own(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

/** Values to show a prompt with, from the examples of its variables. */
export function exampleValues(variables: readonly PromptVariable[]): Record<string, unknown> {
  return Object.fromEntries(variables.map(({ name, type, example }) => [name, example ?? placeholders[type](name)]))
}

const placeholders: Readonly<Record<PromptVariable['type'], (name: string) => unknown>> = {
  text: (name) => `[${name}]`,
  number: () => 1,
  boolean: () => true,
  list: (name) => [`[${name}]`],
  object: () => ({}),
}

/** As JSON that PostgreSQL can keep: without the character U+0000 and halves of characters. */
export function storable(value: unknown): unknown {
  const json = JSON.stringify(value, (_key, item) =>
    typeof item === 'string' ? item.replaceAll('\u0000', '\uFFFD').toWellFormed() : item,
  )
  return json === undefined ? null : JSON.parse(json)
}

function valueIssues({ name, type, required = true }: PromptVariable, value: unknown): InputIssue[] {
  const path = `variables.${name}`
  if (value === undefined || value === null)
    return required
      ? [
          {
            path,
            code: 'MISSING',
            message: {
              en: `is missing. Give a value of type ${type}.`,
              fr: `manque. Donnez une valeur de type ${type}.`,
            },
          },
        ]
      : []
  return fits(type, value)
    ? []
    : [
        {
          path,
          code: 'WRONG_TYPE',
          message: {
            en: `is ${kindOf(value)}, and has to be of type ${type}.`,
            fr: `n’est pas du type ${type} : ${JSON.stringify(value).slice(0, 40)}.`,
          },
        },
      ]
}

function unknown(variables: readonly PromptVariable[], values: Readonly<Record<string, unknown>>): InputIssue[] {
  const known = variables.map(({ name }) => name)
  return Object.keys(values)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `variables.${name}`,
      code: 'VARIABLE_UNKNOWN',
      message: {
        en: `is no variable of this prompt. Its variables are: ${known.join(', ') || 'none'}.`,
        fr: `n’est pas une variable de ce prompt. Ses variables sont : ${known.join(', ') || 'aucune'}.`,
      },
    }))
}

function fits(type: PromptVariable['type'], value: unknown): boolean {
  if (type === 'list') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === (type === 'text' ? 'string' : type)
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? `the text "${value.slice(0, 40)}"` : `the ${typeof value} ${value}`
}
