import type { Statement } from '../data/sql.ts'

/**
 * A store outside of PostgreSQL and of the data folder, as a backup takes it along and puts it back: a log in another engine, files
 * in a bucket.
 */
export interface KeptElsewhere {
  /** In archives, the same in every installation: lower-case words joined by hyphens, such as "event-log". */
  readonly name: string
  /** What it is and where, without its credentials: "the ClickHouse at 127.0.0.1:8123". */
  readonly place: string
  /** The variable of the environment that names it. */
  readonly setting: string
  /** What it holds, one of it: "event". */
  readonly unit: string
  /** Whether it holds what a restore would replace. @throws where it cannot be asked */
  occupied(): Promise<boolean>
  /** All that it holds of the database's instant, in pieces that fit into memory. */
  read(database: DatabaseAtAnInstant): AsyncIterable<KeptPiece>
  /** Begins to put pieces back, beside what is there. */
  restore(): Promise<Restoration>
}

/** A part of what a store holds, which fits into memory. */
export interface KeptPiece {
  /** Of its own within the store: a path with `/`, without `..`. */
  readonly path: string
  readonly bytes: Uint8Array
  /** How many of {@link KeptElsewhere.unit} it holds. */
  readonly count: number
}

/** Pieces on their way back. What was written is nobody's before {@link finish}, or harms nobody. */
export interface Restoration {
  write(piece: Omit<KeptPiece, 'count'>): Promise<void>
  /** Puts it in the place of what was there; called before the database commits. */
  finish(): Promise<void>
  /** Removes what it has replaced; called after the database has committed. */
  settle(): Promise<void>
  /** Leaves the store as it was before; called in place of the others, or after {@link finish} where the commit failed. */
  undo(): Promise<void>
}

/** What of the database a backup sees, across workspaces. */
export interface DatabaseAtAnInstant {
  query<Row>(statement: Statement): Promise<Row[]>
}
