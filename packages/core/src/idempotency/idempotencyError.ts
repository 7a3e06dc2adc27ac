import { RequestError } from '../errors.ts'
import type { Told } from '../told.ts'

/** What a mutation changed, as the audit trail names it. */
export interface ChangedResource {
  readonly type: string
  readonly id: string
}

/** Why an Idempotency-Key cannot be honored. */
export type IdempotencyCode =
  | 'IDEMPOTENCY_KEY_INVALID'
  | 'IDEMPOTENCY_KEY_NOT_TAKEN'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_IN_USE'
  | 'IDEMPOTENCY_ANSWER_LOST'

/** Why a mutation with an `Idempotency-Key` was not carried out now. It never means that it was carried out twice. */
export class IdempotencyError extends RequestError {
  override readonly name = 'IdempotencyError'
  readonly code: IdempotencyCode
  readonly status: number
  /** Given where sending the same again, after so many seconds, gets the answer. */
  readonly retryAfterSeconds: number | undefined
  /** What the mutation changed, where only that is known of it. */
  readonly changed: readonly ChangedResource[] | undefined

  private constructor(
    code: IdempotencyCode,
    status: number,
    told: Told,
    more: { retryAfterSeconds?: number; changed?: readonly ChangedResource[] } = {},
  ) {
    super(told)
    this.code = code
    this.status = status
    this.retryAfterSeconds = more.retryAfterSeconds
    this.changed = more.changed
  }

  static invalid(): IdempotencyError {
    return new IdempotencyError('IDEMPOTENCY_KEY_INVALID', 400, {
      en: 'Idempotency-Key: is no text of 1 to 255 printable ASCII characters. Send a UUID of your own for each mutation.',
      fr: 'Idempotency-Key : n’est pas un texte de 1 à 255 caractères ASCII imprimables. Envoyez un UUID pour chaque mutation.',
    })
  }

  static severalMutations(count: number): IdempotencyError {
    return new IdempotencyError('IDEMPOTENCY_KEY_NOT_TAKEN', 400, {
      en: `An Idempotency-Key stands for one mutation; this document asks for ${count}. Send each by itself, with a key of its own.`,
      fr: `Une Idempotency-Key vaut pour une mutation ; ce document en demande ${count}. Envoyez-les séparément, chacune avec sa clé.`,
    })
  }

  static notTaken(mutation: string): IdempotencyError {
    return new IdempotencyError('IDEMPOTENCY_KEY_NOT_TAKEN', 400, {
      en: `${mutation} belongs to no workspace, so it takes no Idempotency-Key. Send it without.`,
      fr: `${mutation} n’appartient à aucun espace et n’accepte pas d’Idempotency-Key. Envoyez-la sans.`,
    })
  }

  static reused(key: string): IdempotencyError {
    return new IdempotencyError('IDEMPOTENCY_KEY_REUSED', 422, {
      en: `The Idempotency-Key "${key}" stands for another request: other variables, or another document. Send a new key.`,
      fr: `L’Idempotency-Key « ${key} » vaut pour une autre requête : d’autres variables ou un autre document. Envoyez une nouvelle clé.`,
    })
  }

  static inUse(key: string): IdempotencyError {
    return new IdempotencyError(
      'IDEMPOTENCY_KEY_IN_USE',
      409,
      {
        en: `The request with the Idempotency-Key "${key}" is still being carried out. Send it again in a second to get its answer.`,
        fr: `La requête avec l’Idempotency-Key « ${key} » est encore en cours. Renvoyez-la dans une seconde pour obtenir sa réponse.`,
      },
      { retryAfterSeconds: 1 },
    )
  }

  static answerLost(key: string, changed: readonly ChangedResource[]): IdempotencyError {
    return new IdempotencyError(
      'IDEMPOTENCY_ANSWER_LOST',
      409,
      {
        en: `The request with the Idempotency-Key "${key}" was carried out, but its answer is lost. Read what it made (extensions.changed); do not send it under another key.`,
        fr: `La requête avec l’Idempotency-Key « ${key} » a été exécutée, mais sa réponse est perdue. Relisez ce qu’elle a fait (extensions.changed) ; ne la renvoyez pas sous une autre clé.`,
      },
      { changed },
    )
  }
}
