/** What the data layer refuses, by stable code. */
export type DataErrorCode =
  | 'DATABASE_FOLDER_IN_USE'
  | 'DATABASE_FOLDER_UNREADABLE'
  | 'DATABASE_PLATFORM_UNSUPPORTED'
  | 'DATABASE_PORT_TAKEN'
  | 'DATABASE_START_FAILED'
  | 'DATABASE_ROLE_TOO_STRONG'
  | 'MIGRATION_EDITED'
  | 'MIGRATION_FAILED'
  | 'TRANSACTION_OVER'
  | 'TRANSACTION_TIMEOUT'
  | 'WORKSPACE_ID_INVALID'

/** A failure that names the value and the way out. */
export class DataError extends Error {
  readonly code: DataErrorCode

  constructor(code: DataErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DataError'
    this.code = code
  }
}
