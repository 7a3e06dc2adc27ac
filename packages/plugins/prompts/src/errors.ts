import { ConflictError, StartError } from '@espalier/core'

/** Every error that the prompts plugin raises on purpose beside wrong input: what stops a start, and what a state does not allow. */
const definitionProblems = {
  PROMPT_NAME_INVALID: (name: string) =>
    `A prompt is named "${name}". Name it as "landing-pages.write-variant": the plugin, a dot, lower-case words joined by hyphens.`,
  PROMPT_DUPLICATED: (name: string) =>
    `The prompt "${name}" is defined twice. Prefix its name with the plugin's, and define it once.`,
  PROMPT_DEFECT: (name: string, problem: string) => `The prompt "${name}" cannot be used: its ${problem}`,
} as const

const conflicts = {
  NAME_TAKEN: (name: string) => `There is a prompt "${name}" in this workspace already. Choose another name.`,
  NO_ACTIVE_VARIANT: (name: string, language: string) =>
    `The prompt "${name}" has no active variant in "${language}" nor in "en". Activate one.`,
  ALREADY_ACTIVE: (variant: string) => `${variant} is active already.`,
  ALREADY_RETIRED: (variant: string) => `${variant} is retired already.`,
  LAST_ACTIVE: (variant: string) =>
    `${variant} is the last one that is active, and whoever asks for the prompt would get nothing. Activate another first.`,
  NOTHING_BEFORE: (name: string, language: string) =>
    `No other variant of "${name}" in "${language}" was active before the present one. Activate one by hand.`,
  IN_TEST: (variant: string, test: string) =>
    `${variant} is part of the A/B test "${test}", which runs. Cancel it, or wait until it has ended.`,
  LANGUAGE_IN_TEST: (language: string, test: string) =>
    `The A/B test "${test}" runs in "${language}", and another active variant would change what it measures. Cancel it, or wait until it has ended.`,
  TOO_MANY_VARIANTS: (name: string, count: number) =>
    `The prompt "${name}" has ${count} variants in this language, which is the most. Make another prompt.`,
  UNREADABLE: (variant: string, problem: string) =>
    `${variant} no longer fits the variables of its prompt: ${problem} Add a variant that does.`,
  KEY_REUSED: (key: string, prompt: string) =>
    `The idempotency key "${key}" was used for another request to "${prompt}". Take a key that is unique for what is asked.`,
  ERASED: (key: string) =>
    `What was asked and answered under the idempotency key "${key}" was erased after the days that the ai plugin keeps it. Ask under another key.`,
  NOT_FINISHED: (id: string) =>
    `Execution ${id} has no outcome yet, so there is nothing to score. Wait until it has ended.`,
  TEST_NOT_DRAFT: (name: string, status: string) =>
    `The A/B test "${name}" is ${status}, and only a draft can be started. Make another.`,
  TEST_OVER: (name: string, status: string) => `The A/B test "${name}" is ${status}: it has ended.`,
  TEST_RUNS: (name: string, language: string) =>
    `The A/B test "${name}" of this prompt runs in "${language}" already. One at a time: cancel it, or wait until it has ended.`,
  CONTROL_NOT_ACTIVE: (variant: string) =>
    `${variant} is the control and is not active. The control is what everybody gets today: make a test against the active variant.`,
  TREATMENT_NOT_DRAFT: (variant: string) =>
    `${variant} is the treatment and is active. Take a draft or a retired variant.`,
} as const

type Problems = Readonly<Record<string, (...values: never[]) => string>>
type Values<List extends Problems, Code extends keyof List> = Parameters<List[Code]>

/** A definition that stops the start. */
export function definitionProblem<Code extends keyof typeof definitionProblems>(
  code: Code,
  ...values: Values<typeof definitionProblems, Code>
): StartError {
  return new StartError(code, (definitionProblems[code] as (...values: string[]) => string)(...values))
}

/** What the state of things does not allow. */
export function conflict<Code extends keyof typeof conflicts>(
  code: Code,
  ...values: Values<typeof conflicts, Code>
): ConflictError {
  return new ConflictError((conflicts[code] as (...values: (string | number)[]) => string)(...values))
}
