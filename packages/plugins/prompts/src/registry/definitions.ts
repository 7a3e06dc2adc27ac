import { createHash } from 'node:crypto'
import { definitionProblem } from '../errors.ts'
import { parametersInput, promptName } from '../promptInput.ts'
import type { PromptDefinition, PromptLanguage } from '../runner.ts'
import { wordingIssues } from '../template.ts'
import { variablesInput } from '../variables.ts'

export const languages: readonly PromptLanguage[] = ['en', 'fr']

/** A definition, and what tells it from an earlier one. */
export interface KnownDefinition extends PromptDefinition {
  /** SHA-256 of all that it says. */
  readonly digest: Buffer
}

/** The prompts that plugins bring. */
export class Definitions {
  readonly #byName = new Map<string, KnownDefinition>()

  /** @throws StartError for a name that is taken or is none, and for a template that does not parse */
  add(definition: PromptDefinition): void {
    const { name, variables, wordings, parameters = {} } = definition
    if (!promptName.safeParse(name).success) throw definitionProblem('PROMPT_NAME_INVALID', name)
    if (this.#byName.has(name)) throw definitionProblem('PROMPT_DUPLICATED', name)
    for (const [part, checked] of [
      ['variables', variablesInput.safeParse(variables)],
      ['parameters', parametersInput.safeParse(parameters)],
    ] as const)
      if (checked.error)
        throw definitionProblem(
          'PROMPT_DEFECT',
          name,
          checked.error.issues.map(({ path, message }) => `${[part, ...path].join('.')} ${message}`).join('; '),
        )
    for (const language of languages) {
      const issues = wordingIssues(wordings[language], variables)
      if (issues.length > 0)
        throw definitionProblem(
          'PROMPT_DEFECT',
          name,
          issues.map(({ path, message }) => `wordings.${language}.${path} ${message.en}`).join(' '),
        )
    }
    const digest = createHash('sha256').update(JSON.stringify(definition)).digest()
    this.#byName.set(name, { ...definition, digest })
  }

  get(name: string): KnownDefinition | undefined {
    return this.#byName.get(name)
  }

  get all(): KnownDefinition[] {
    return [...this.#byName.values()]
  }
}
