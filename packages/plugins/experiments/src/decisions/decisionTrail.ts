import type { WorkspaceContext } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { actorOf } from '../actor.ts'
import type { Experiment } from '../experiment.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { Reason } from './reason.ts'
import { inWords } from './words.ts'

export type DecisionKind =
  | 'start'
  | 'pause'
  | 'resume'
  | 'stop'
  /** Of weights, by a person or by a bandit. */
  | 'weights'
  /** Of anything else about one that runs. */
  | 'change'
  | 'verdict'
  | 'winner'
  | 'revert'

/** A decision as the database keeps it. */
export interface StoredDecision {
  readonly id: string
  readonly experimentId: string
  readonly at: Date
  readonly phase: number
  readonly kind: string
  readonly inputs: JsonValue
  readonly outputs: JsonValue
  readonly reason: string
  readonly actor: JsonValue
}

/**
 * Writes down a decision in the transaction that carries it out, with all that went in and came out of it.
 *
 * @param experiment as it is after the decision
 */
export async function recordDecision(
  tx: WorkspaceContext,
  experiment: Pick<Experiment, 'id' | 'phase'>,
  decision: {
    readonly kind: DecisionKind
    readonly inputs?: object
    readonly outputs?: object
    readonly reasons: readonly Reason[]
  },
): Promise<void> {
  const { kind, inputs = {}, outputs = {}, reasons } = decision
  await tx.db.prisma.experimentDecision.create({
    data: {
      id: uuidv7(),
      experimentId: experiment.id,
      at: tx.clock.now(),
      phase: experiment.phase,
      kind,
      inputs: inputs as JsonObject,
      outputs: { ...outputs, reasons } as unknown as JsonObject,
      reason: inWords(reasons, 'en'),
      actor: actorOf(tx.principal),
    },
  })
}

/** Why it was decided so, for whoever reads it in their own language; empty where only the words were kept. */
export function reasonsOf({ outputs }: Pick<StoredDecision, 'outputs'>): readonly Reason[] {
  return (outputs as { reasons?: Reason[] } | null)?.reasons ?? []
}
