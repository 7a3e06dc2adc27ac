import { conditionCompiler } from './conditionLanguage.ts'
import { linearRegex } from './linearRegex.ts'

/** A condition as a function, on the server. @see conditionCompiler */
export const compileCondition = conditionCompiler(linearRegex)
