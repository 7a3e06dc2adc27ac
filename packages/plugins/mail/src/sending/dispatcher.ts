import type { SqlContext } from '@espalier/core'
import pLimit from 'p-limit'
import { type Problem, problem } from '../errors.ts'
import { messagesChanged } from '../events.ts'
import { resumeDispatch } from '../jobs.ts'
import type { MailSettings } from '../settings.ts'
import type { Suppressions } from '../suppressions.ts'
import type { Letter, Outcome, Transport } from '../transports/transport.ts'
import { type Claimed, claimDue, countDue } from './claim.ts'
import { keepInOutbox, noteAttempt, recordOutcome, release } from './outcomes.ts'
import type { Rates } from './rates.ts'

/** Messages that are in the hands of one worker at a time: a pause, or a cancellation, waits for no more. */
const batchSize = 50
const outboxBatchSize = 200
/** Calls that one run has open. */
const concurrency = 10
/** A run gives way to others after this; milliseconds. */
const runMs = 60_000
/** Before an answer is written down again; milliseconds, in all less than a lease. */
const recordPauses = [100, 300, 1_000, 3_000, 10_000]
const neverAborted = new AbortController().signal

export interface DispatcherParts {
  readonly settings: (context: SqlContext) => Promise<MailSettings>
  readonly suppressions: Suppressions
  readonly rates: Rates
  /** A problem where something is missing: messages wait. */
  readonly openTransport: (
    context: SqlContext,
    settings: MailSettings,
  ) => Promise<Transport | { readonly problem: Problem }>
  readonly headers: (context: SqlContext, message: Claimed) => Letter['headers']
  /** Whether marketing mail may leave: not while too much of it bounces or is complained about. */
  readonly marketingMayLeave: (context: SqlContext) => Promise<boolean>
  /** Resolves after so many milliseconds, or when the signal aborts. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export interface DispatchReport {
  accepted: number
  skipped: number
  failed: number
  unknown: number
  waiting: number
}

/** Sends what is due in a workspace. Any number of runs may be at it at the same time, in any number of processes. */
export class Dispatcher {
  readonly #parts: DispatcherParts

  constructor(parts: DispatcherParts) {
    this.#parts = parts
  }

  async run(context: SqlContext, signal: AbortSignal): Promise<DispatchReport> {
    const report: DispatchReport = { accepted: 0, skipped: 0, failed: 0, unknown: 0, waiting: 0 }
    const settings = await this.#parts.settings(context)
    if (settings.transport === 'outbox') {
      await this.#fillOutbox(context, signal, report)
      return report
    }
    const transport = await this.#parts.openTransport(context, settings)
    if ('problem' in transport) return report
    try {
      await this.#send(context, transport, signal, report)
    } finally {
      transport.close()
    }
    return report
  }

  async #fillOutbox(context: SqlContext, signal: AbortSignal, report: DispatchReport): Promise<void> {
    const { suppressions, marketingMayLeave } = this.#parts
    const marketing = await marketingMayLeave(context)
    for (let taken = outboxBatchSize; taken === outboxBatchSize && !signal.aborted; ) {
      taken = await context.sqlTransaction(async (tx) => {
        const batch = await claimDue(tx, suppressions, outboxBatchSize, marketing)
        await keepInOutbox(tx, batch.claimed)
        if (batch.taken > 0) tx.announce(messagesChanged, 'all', null)
        report.accepted += batch.claimed.length
        report.skipped += batch.taken - batch.claimed.length
        return batch.taken
      })
    }
  }

  async #send(context: SqlContext, transport: Transport, signal: AbortSignal, report: DispatchReport): Promise<void> {
    const { rates, wait, suppressions, marketingMayLeave } = this.#parts
    const startedAt = context.clock.now().getTime()
    if (!(await rates.refresh(context, transport, signal))) return
    while (!signal.aborted) {
      const due = await countDue(context, batchSize)
      if (due === 0) return
      const now = context.clock.now()
      const slot = await rates.reserve(context, transport.account, due)
      if (slot.granted === 0 || now.getTime() - startedAt > runMs) {
        await context.enqueue(resumeDispatch, {}, { startAfter: slot.at })
        return
      }
      await wait(slot.at.getTime() - now.getTime(), signal)
      if (signal.aborted) return
      const marketing = await marketingMayLeave(context)
      const batch = await context.sqlTransaction((tx) => claimDue(tx, suppressions, slot.granted, marketing))
      report.skipped += batch.taken - batch.claimed.length
      // Somebody else was faster, or what is left may not leave now.
      if (batch.taken === 0) return
      const goOn = await this.#deliverAll(context, transport, batch.claimed, signal, report)
      if (!goOn) return
    }
  }

  /** @returns whether the provider takes more */
  async #deliverAll(
    context: SqlContext,
    transport: Transport,
    messages: readonly Claimed[],
    signal: AbortSignal,
    report: DispatchReport,
  ): Promise<boolean> {
    const limit = pLimit(concurrency)
    const left: Claimed[] = []
    let brake: Outcome | undefined
    // All of them end before an error does: it would close the transport under letters that are on their way.
    const ends = await Promise.allSettled(
      messages.map((message) =>
        limit(async () => {
          if (brake || signal.aborted) {
            left.push(message)
            return
          }
          const outcome = await this.#deliver(context, transport, message)
          if (!outcome) return
          count(report, outcome)
          if (outcome.kind === 'throttled' || outcome.kind === 'held') brake = outcome
        }),
      ),
    )
    report.waiting += left.length
    await release(context, left)
    const accident = ends.find((end) => end.status === 'rejected')
    if (accident) throw accident.reason
    if (brake?.kind === 'throttled') await this.#parts.rates.slowDown(context, transport.account, brake.problem)
    if (brake?.kind === 'held') {
      await this.#parts.rates.hold(context, transport.account, brake.problem, brake.seconds)
      return false
    }
    return true
  }

  async #deliver(context: SqlContext, transport: Transport, message: Claimed): Promise<Outcome | undefined> {
    const letter = letterOf(context, message, this.#parts.headers(context, message))
    const attempt = await noteAttempt(context, message, transport.name)
    if (attempt === undefined) return undefined
    const outcome: Outcome = message.fromAddress.endsWith('@localhost')
      ? { kind: 'refused', problem: problem('SENDER_MISSING') }
      : await transport.deliver(letter)
    await this.#persistently(() => recordOutcome(context, message, attempt, outcome, transport))
    return outcome
  }

  /**
   * The provider's answer is told once. Without the database it is held for as long as a restart of it takes: what is not written
   * down would be sent again.
   */
  async #persistently(write: () => Promise<void>): Promise<void> {
    for (const pause of [...recordPauses, undefined]) {
      try {
        await write()
        return
      } catch (error) {
        if (pause === undefined) throw error
        await this.#parts.wait(pause, neverAborted)
      }
    }
  }
}

function letterOf(context: SqlContext, message: Claimed, headers: Letter['headers']): Letter {
  const { id, fromAddress, fromName, toAddress, toName, replyTo, subject, html, text, attachments } = message
  return {
    id,
    workspaceId: context.workspaceId,
    from: { address: fromAddress, name: fromName },
    to: { address: toAddress, name: toName },
    replyTo,
    date: context.clock.now(),
    subject,
    html,
    text,
    headers,
    attachments,
  }
}

function count(report: DispatchReport, { kind }: Outcome): void {
  if (kind === 'accepted') report.accepted += 1
  else if (kind === 'refused') report.failed += 1
  else if (kind === 'unknown') report.unknown += 1
  else report.waiting += 1
}
