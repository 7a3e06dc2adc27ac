import type { PromptVariableInput, PromptVariableType } from '../graphql/graphql.ts'

/** A prompt to be, as its form holds it. */
export interface Draft {
  name: string
  description: string
  variables: DraftVariable[]
  variant: { language: 'EN' | 'FR'; system: string; template: string }
}

export interface DraftVariable {
  name: string
  type: PromptVariableType
  description: string
  required: boolean
  /** JSON, or for text the text itself; empty is no example. */
  example: string
}

export const emptyVariable: DraftVariable = { name: '', type: 'TEXT', description: '', required: true, example: '' }

/** As the API takes it. */
export function variableInput({ example, ...rest }: DraftVariable): PromptVariableInput {
  return { ...rest, example: exampleOf(rest.type, example) }
}

export function wrongExample({ type, example }: DraftVariable): boolean {
  try {
    exampleOf(type, example)
    return false
  } catch {
    return true
  }
}

/** @throws SyntaxError where a value that is no text is no JSON */
function exampleOf(type: PromptVariableType, text: string): unknown {
  if (text.trim() === '') return null
  return type === 'TEXT' ? text : JSON.parse(text)
}
