import { ConflictError, StartError, type Told } from '@espalier/core'

/** Every error that the prompts plugin raises on purpose beside wrong input: what stops a start, and what a state does not allow. */
const definitionProblems = {
  PROMPT_NAME_INVALID: (name: string) =>
    `A prompt is named "${name}". Name it as "landing-pages.write-variant": the plugin, a dot, lower-case words joined by hyphens.`,
  PROMPT_DUPLICATED: (name: string) =>
    `The prompt "${name}" is defined twice. Prefix its name with the plugin's, and define it once.`,
  PROMPT_DEFECT: (name: string, problem: string) => `The prompt "${name}" cannot be used: its ${problem}`,
} as const

const conflicts = {
  NAME_TAKEN: (name: string) => ({
    en: `There is a prompt "${name}" in this workspace already. Choose another name.`,
    fr: `Il y a déjà un prompt « ${name} » dans cet espace. Choisissez un autre nom.`,
  }),
  NO_ACTIVE_VARIANT: (name: string, language: string) => ({
    en: `The prompt "${name}" has no active variant in "${language}" nor in "en". Activate one.`,
    fr: `Le prompt « ${name} » n’a de variante active ni en « ${language} » ni en « en ». Activez-en une.`,
  }),
  BUILT_IN: (name: string) => ({
    en: `The prompt "${name}" is brought by a plugin, which says what it is for. Make a prompt of your own.`,
    fr: `Le prompt « ${name} » vient d’un plugin, qui dit à quoi il sert. Créez votre propre prompt.`,
  }),
  ALREADY_ACTIVE: (variant: string) => ({
    en: `${variant} is active already.`,
    fr: `${variant} est déjà active.`,
  }),
  ALREADY_RETIRED: (variant: string) => ({
    en: `${variant} is retired already.`,
    fr: `${variant} est déjà retirée.`,
  }),
  LAST_ACTIVE: (variant: string) => ({
    en: `${variant} is the last one that is active, and whoever asks for the prompt would get nothing. Activate another first.`,
    fr: `${variant} est la dernière active, et qui demande le prompt n’obtiendrait rien. Activez-en d’abord une autre.`,
  }),
  NOTHING_BEFORE: (name: string, language: string) => ({
    en: `No other variant of "${name}" in "${language}" was active before the present one. Activate one by hand.`,
    fr: `Aucune autre variante de « ${name} » en « ${language} » n’était active avant l’actuelle. Activez-en une à la main.`,
  }),
  IN_TEST: (variant: string, test: string) => ({
    en: `${variant} is part of the A/B test "${test}", which runs. Cancel it, or wait until it has ended.`,
    fr: `${variant} fait partie du test A/B « ${test} », qui tourne. Annulez-le, ou attendez sa fin.`,
  }),
  LANGUAGE_IN_TEST: (language: string, test: string) => ({
    en: `The A/B test "${test}" runs in "${language}", and another active variant would change what it measures. Cancel it, or wait until it has ended.`,
    fr: `Le test A/B « ${test} » tourne en « ${language} », et une autre variante active changerait ce qu’il mesure. Annulez-le, ou attendez sa fin.`,
  }),
  TOO_MANY_VARIANTS: (name: string, count: number) => ({
    en: `The prompt "${name}" has ${count} variants in this language, which is the most. Make another prompt.`,
    fr: `Le prompt « ${name} » a ${count} variantes dans cette langue, le maximum. Créez un autre prompt.`,
  }),
  UNREADABLE: (variant: string, problem: string) => ({
    en: `${variant} no longer fits the variables of its prompt: ${problem} Add a variant that does.`,
    fr: `${variant} ne convient plus aux variables de son prompt : ${problem} Ajoutez une variante qui convient.`,
  }),
  KEY_REUSED: (key: string, prompt: string) => ({
    en: `The idempotency key "${key}" was used for another request to "${prompt}". Take a key that is unique for what is asked.`,
    fr: `La clé d’idempotence « ${key} » a servi à une autre demande à « ${prompt} ». Prenez une clé propre à ce qui est demandé.`,
  }),
  ERASED: (key: string) => ({
    en: `What was asked and answered under the idempotency key "${key}" was erased after the days that the ai plugin keeps it. Ask under another key.`,
    fr: `Ce qui a été demandé et répondu sous la clé d’idempotence « ${key} » a été effacé après le délai de conservation. Demandez sous une autre clé.`,
  }),
  NOT_FINISHED: (id: string) => ({
    en: `Execution ${id} has no outcome yet, so there is nothing to score. Wait until it has ended.`,
    fr: `L’exécution ${id} n’a pas encore de résultat : il n’y a rien à noter. Attendez sa fin.`,
  }),
  TEST_NOT_DRAFT: (name: string, status: string) => ({
    en: `The A/B test "${name}" is ${status}, and only a draft can be started. Make another.`,
    fr: `Le test A/B « ${name} » n’est pas un brouillon, et seul un brouillon peut être lancé. Créez-en un autre.`,
  }),
  TEST_OVER: (name: string, status: string) => ({
    en: `The A/B test "${name}" is ${status}: it has ended.`,
    fr: `Le test A/B « ${name} » est terminé.`,
  }),
  TEST_RUNS: (name: string, language: string) => ({
    en: `The A/B test "${name}" of this prompt runs in "${language}" already. One at a time: cancel it, or wait until it has ended.`,
    fr: `Le test A/B « ${name} » de ce prompt tourne déjà en « ${language} ». Un à la fois : annulez-le, ou attendez sa fin.`,
  }),
  CONTROL_NOT_ACTIVE: (variant: string) => ({
    en: `${variant} is the control and is not active. The control is what everybody gets today: make a test against the active variant.`,
    fr: `${variant} est la référence et n’est pas active. La référence est ce que tout le monde reçoit aujourd’hui : testez contre la variante active.`,
  }),
  TREATMENT_NOT_DRAFT: (variant: string) => ({
    en: `${variant} is the treatment and is active. Take a draft or a retired variant.`,
    fr: `${variant} est la variante à essayer et elle est active. Prenez un brouillon ou une variante retirée.`,
  }),
} as const

type Problems = Readonly<Record<string, (...values: never[]) => string | Told>>
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
  return new ConflictError((conflicts[code] as (...values: (string | number)[]) => Told)(...values))
}
