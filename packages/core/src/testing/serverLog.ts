import { type Logger, pino } from 'pino'

/** A line of the server's log. */
export interface LogLine {
  /** 40 for a warning, 50 for an error. */
  readonly level: number
  readonly msg: string
  readonly err?: { readonly type: string; readonly message: string; readonly stack: string }
  readonly traceId?: string
  readonly [key: string]: unknown
}

/** As much as a test wants to look at. */
const most = 1_000

/** What the server logs during tests: kept for those who ask, and printed from the level that `TEST_LOG` names. */
export class ServerLog {
  readonly lines: LogLine[] = []
  readonly logger: Logger

  constructor() {
    const printed = process.env.TEST_LOG
    const from = printed ? (pino.levels.values[printed] ?? pino.levels.values.warn) : undefined
    this.logger = pino(
      { level: printed && from !== undefined && from < 40 ? printed : 'warn' },
      {
        write: (text: string) => {
          const line = JSON.parse(text) as LogLine
          this.lines.push(line)
          if (this.lines.length > most) this.lines.shift()
          if (from !== undefined && line.level >= from) process.stderr.write(text)
        },
      },
    )
  }

  /** The stack of what went wrong in a request, by its trace. */
  stackOf(traceId: string | undefined): string | undefined {
    return traceId === undefined
      ? undefined
      : this.lines.findLast((line) => line.traceId === traceId && line.err)?.err?.stack
  }
}
