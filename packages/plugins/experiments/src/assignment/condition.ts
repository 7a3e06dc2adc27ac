import { conditionCompiler } from './conditionLanguage.ts'
import { linearRegex } from './linearRegex.ts'

export type { Attributes, Condition } from './conditionLanguage.ts'

/** A condition as a function, on the server. @see conditionCompiler */
export const compileCondition = conditionCompiler(linearRegex)
