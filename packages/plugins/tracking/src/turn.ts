import { prepared, type SqlContext } from '@espalier/core'

/**
 * Waits until no other transaction counts events of the workspace, and keeps them waiting until this one ends.
 * Batches of a workspace meet in the same rows anyway (its total of this hour); by taking turns before the
 * first of them they never wait for each other in a circle, and what they read to count by is what is there.
 */
export async function takeTurn(tx: SqlContext): Promise<void> {
  await tx.db.query(lock(tx.workspaceId))
}

const lock = prepared('tracking_take_turn', `select pg_advisory_xact_lock(hashtextextended('tracking ' || $1, 0))`)
