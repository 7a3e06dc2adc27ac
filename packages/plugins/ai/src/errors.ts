import type { Told } from '@espalier/core'

/** Every error that the ai plugin raises on purpose: a stable code, and a sentence with the value and the way out. */
const problems = {
  AI_NOT_CONFIGURED: () => ({
    en: 'This workspace has no model service. Somebody who may "ai:configure" sets its address and key with setAiKey.',
    fr: 'Cet espace n’a pas de service de modèles. Une personne qui a « ai:configure » définit son adresse et sa clé.',
  }),
  AI_PRICE_UNKNOWN: (model: string) => ({
    en: `The model "${model}" has no price, and a budget applies to what is asked. Add its price to the setting "prices" of the ai plugin, or take a model that has one.`,
    fr: `Le modèle « ${model} » n’a pas de prix, et un budget s’applique à ce qui est demandé. Ajoutez son prix aux réglages, ou prenez un modèle qui en a un.`,
  }),
  AI_BUDGET_EXCEEDED: (budget: string, month: string, limit: string, spent: string, needed: string) => ({
    en: `The budget for ${budget} in ${month} is ${limit} US dollars; ${spent} are spent or set aside, and this request may cost up to ${needed}. Raise it in the settings of the ai plugin ("monthlyBudget", "purposeBudgets"), or wait for the next month.`,
    fr: `Le budget de ${budget} pour ${month} est de ${limit} dollars américains ; ${spent} sont dépensés ou réservés, et cette demande peut en coûter ${needed}. Augmentez-le dans les réglages, ou attendez le mois prochain.`,
  }),
  AI_OUTCOME_UNKNOWN: (callId: string) => ({
    en: `Call ${callId} left for the model service, and whether it was carried out is not known. It is not asked again by itself, for that could be paid twice. Somebody settles it with settleAiCall, or asks under another idempotency key.`,
    fr: `L’appel ${callId} est parti vers le service de modèles, et l’on ne sait pas s’il a abouti. Il n’est pas refait de lui-même, car il pourrait être payé deux fois. Réglez-le à la main, ou demandez sous une autre clé d’idempotence.`,
  }),
  AI_REFUSED: (reason: string) => ({
    en: `The model refused to answer: ${reason}`,
    fr: `Le modèle a refusé de répondre : ${reason}`,
  }),
  AI_UNAVAILABLE: (reason: string) => ({
    en: `The model service does not answer: ${reason} Ask again later under the same key.`,
    fr: `Le service de modèles ne répond pas : ${reason} Redemandez plus tard sous la même clé.`,
  }),
  AI_REQUEST_REJECTED: (status: string, reason: string) => ({
    en: `The model service does not take the request (status ${status}): ${reason} Mend what it names: the key, the model or the parameters.`,
    fr: `Le service de modèles n’accepte pas la demande (statut ${status}) : ${reason} Corrigez ce qu’il nomme : la clé, le modèle ou les paramètres.`,
  }),
  AI_OUTPUT_INVALID: (reason: string) => ({
    en: `The model's answer cannot be used, and it was paid for: ${reason} Ask under another idempotency key for another answer.`,
    fr: `La réponse du modèle est inutilisable, et elle a été payée : ${reason} Demandez sous une autre clé d’idempotence pour une autre réponse.`,
  }),
  AI_CANCELED: (when: string) => ({
    en: `The request was canceled ${when}`,
    fr: `La demande a été annulée ${when}`,
  }),
} as const

export type AiProblem = keyof typeof problems

/** What every error of a model call has in common. */
export abstract class AiError extends Error {
  readonly code: AiProblem
  /** Of the row in the ledger; null where none was written. */
  readonly callId: string | null

  readonly told: Told

  constructor(code: AiProblem, told: Told, callId: string | null, options?: ErrorOptions) {
    super(told.en, options)
    this.told = told
    this.code = code
    this.callId = callId
  }
}

/** No address and key of a model service. Nothing left the house. */
export class AiNotConfiguredError extends AiError {
  override readonly name = 'AiNotConfiguredError'

  constructor() {
    super('AI_NOT_CONFIGURED', problems.AI_NOT_CONFIGURED(), null)
  }
}

/** A budget applies, and what the model costs is not known. Nothing left the house. */
export class AiPriceUnknownError extends AiError {
  override readonly name = 'AiPriceUnknownError'

  constructor(callId: string | null, model: string) {
    super('AI_PRICE_UNKNOWN', problems.AI_PRICE_UNKNOWN(model), callId)
  }
}

/** What a budget that stopped a call looked like. Millionths of a US dollar. */
export interface ReachedBudget {
  /** "" is all purposes together. */
  readonly purpose: string
  /** "2026-11" */
  readonly month: string
  readonly limitMicros: number
  /** Settled and set aside. */
  readonly spentMicros: number
  /** The most that the request may cost. */
  readonly neededMicros: number
}

/** The month's money is spent or set aside. Nothing left the house, and nothing is lost: ask again under the same key. */
export class AiBudgetExceededError extends AiError {
  override readonly name = 'AiBudgetExceededError'
  readonly budget: ReachedBudget

  constructor(callId: string | null, budget: ReachedBudget) {
    const { purpose, month, limitMicros, spentMicros, neededMicros } = budget
    const name = purpose === '' ? 'all purposes' : `"${purpose}"`
    super(
      'AI_BUDGET_EXCEEDED',
      problems.AI_BUDGET_EXCEEDED(name, month, dollars(limitMicros), dollars(spentMicros), dollars(neededMicros)),
      callId,
    )
    this.budget = budget
  }
}

/** It left, and whether it was carried out is not known. Never asked again by itself. */
export class AiOutcomeUnknownError extends AiError {
  override readonly name = 'AiOutcomeUnknownError'
  override readonly callId: string

  constructor(callId: string, options?: ErrorOptions) {
    super('AI_OUTCOME_UNKNOWN', problems.AI_OUTCOME_UNKNOWN(callId), callId, options)
    this.callId = callId
  }
}

/** The model answered that it will not. Paid for. */
export class AiRefusedError extends AiError {
  override readonly name = 'AiRefusedError'

  constructor(callId: string, reason: string) {
    super('AI_REFUSED', problems.AI_REFUSED(sentence(reason)), callId)
  }
}

/** Overloaded, limited or out of reach, after repetitions. Not carried out: ask again later. */
export class AiUnavailableError extends AiError {
  override readonly name = 'AiUnavailableError'
  /** When to ask again, where it is known. Seconds. */
  readonly retryAfterSeconds: number | null

  constructor(callId: string | null, reason: string, retryAfterSeconds: number | null = null, options?: ErrorOptions) {
    super('AI_UNAVAILABLE', problems.AI_UNAVAILABLE(sentence(reason)), callId, options)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A wrong key, an unknown model, a parameter that the model does not take. Not carried out. */
export class AiRequestRejectedError extends AiError {
  override readonly name = 'AiRequestRejectedError'
  readonly status: number

  constructor(callId: string, status: number, reason: string, options?: ErrorOptions) {
    super('AI_REQUEST_REJECTED', problems.AI_REQUEST_REJECTED(String(status), sentence(reason)), callId, options)
    this.status = status
  }
}

/** It answered, and the answer is not what was asked for, also after the repair. Paid for; the answer is in the ledger. */
export class AiOutputInvalidError extends AiError {
  override readonly name = 'AiOutputInvalidError'

  constructor(callId: string, reason: string) {
    super('AI_OUTPUT_INVALID', problems.AI_OUTPUT_INVALID(sentence(reason)), callId)
  }
}

/** Whoever asked has canceled it. */
export class AiCanceledError extends AiError {
  override readonly name = 'AiCanceledError'

  constructor(callId: string | null, sent: boolean) {
    super(
      'AI_CANCELED',
      problems.AI_CANCELED(
        sent
          ? 'while it was under way: it may have been paid for, and is not asked again under the same key.'
          : 'before it left: nothing was paid for.',
      ),
      callId,
    )
  }
}

/** 1234567 → "1.24": rounded up to the cent, so that what is needed never looks like less than it is. */
export function dollars(micros: number): string {
  return (Math.ceil(micros / 10_000) / 100).toFixed(2)
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`
}
