import type { SqlContext } from '@espalier/core'
import { type Problem, problem } from '../errors.ts'
import { tellMessagesChanged } from '../events.ts'
import { resumeDispatch } from '../jobs.ts'
import type { MailSettings } from '../settings.ts'
import type { Suppressions } from '../suppressions.ts'
import type { Letter, Outcome, Transport } from '../transports/transport.ts'
import { countDue, type Due, lockDue } from './claim.ts'
import type { FreshBodies } from './freshBodies.ts'
import { OpenCalls } from './openCalls.ts'
import { type Attempted, keepInOutbox, noteAttempts } from './outcomes.ts'
import { OutcomeWriter } from './outcomeWriter.ts'
import type { Rates } from './rates.ts'

/** Messages for which a run reserves the rate at a time. */
const mostReserved = 500
const outboxBatchSize = 200
const leastCalls = 10
/** A run gives way to others after this; milliseconds. */
const runMs = 60_000

export interface DispatcherParts {
  readonly settings: (context: SqlContext) => Promise<MailSettings>
  readonly suppressions: Suppressions
  readonly rates: Rates
  readonly bodies: FreshBodies
  /** A problem where something is missing: messages wait. */
  readonly openTransport: (
    context: SqlContext,
    settings: MailSettings,
  ) => Promise<Transport | { readonly problem: Problem }>
  readonly headers: (context: SqlContext, message: Due) => Letter['headers']
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
  /** Runs of this process that are at it: they share its calls. */
  #running = 0

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
    this.#running += 1
    try {
      await this.#send(context, transport, signal, report)
    } finally {
      this.#running -= 1
      transport.close()
    }
    return report
  }

  async #fillOutbox(context: SqlContext, signal: AbortSignal, report: DispatchReport): Promise<void> {
    const { suppressions, marketingMayLeave } = this.#parts
    const marketing = await marketingMayLeave(context)
    for (let taken = outboxBatchSize; taken === outboxBatchSize && !signal.aborted; ) {
      taken = await context.sqlTransaction(async (tx) => {
        const batch = await lockDue(tx, suppressions, outboxBatchSize, marketing)
        await keepInOutbox(tx, batch.due)
        if (batch.taken > 0) tellMessagesChanged(tx)
        report.accepted += batch.due.length
        report.skipped += batch.taken - batch.due.length
        return batch.taken
      })
    }
  }

  async #send(context: SqlContext, transport: Transport, signal: AbortSignal, report: DispatchReport): Promise<void> {
    const { rates, wait } = this.#parts
    const startedAt = context.clock.now().getTime()
    if (!(await rates.refresh(context, transport, signal))) return
    while (!signal.aborted) {
      const due = await countDue(context, mostReserved)
      if (due === 0) return
      const now = context.clock.now()
      const slot = await rates.reserve(context, transport.account, due)
      if (slot.granted === 0 || now.getTime() - startedAt > runMs) {
        await context.enqueue(resumeDispatch, {}, { startAfter: slot.at })
        return
      }
      await wait(slot.at.getTime() - now.getTime(), signal)
      const run: Run = { context, transport, signal, report, most: openCalls(slot.perSecond, transport, this.#running) }
      const { taken, goOn } = await this.#deliverSome(run, slot.granted)
      // Somebody else was faster, or what is left may not leave now.
      if (taken === 0 || !goOn) return
    }
  }

  /**
   * Keeps as many calls open as the rate takes. What is due is taken when a call can be made for it and not before, so that nobody
   * has in hand what it has not asked for: a pause, a cancellation and the end of the process come in time for all the others.
   *
   * @param granted messages that may leave now
   * @returns whether the provider takes more
   */
  async #deliverSome(run: Run, granted: number): Promise<{ taken: number; goOn: boolean }> {
    const { context, transport, signal, most } = run
    const calls = new OpenCalls()
    const writer = new OutcomeWriter({ context, transport, wait: this.#parts.wait })
    let taken = 0
    let brake: Outcome | undefined
    try {
      while (taken < granted && !brake && !signal.aborted) {
        // A call is over when the provider has answered; but answers that nobody has written down do not pile up.
        const free = Math.min(most - calls.asking, 2 * most - calls.open, granted - taken)
        // Several at a time: each taking is a transaction.
        if (free < Math.min(Math.ceil(most / 4), granted - taken)) {
          await calls.next()
          continue
        }
        const batch = await this.#take(run, free)
        taken += batch.taken
        for (const message of batch.attempted)
          calls.begin(
            this.#ask(run, message).then((outcome) => {
              if (outcome.kind === 'throttled' || outcome.kind === 'held') brake ??= outcome
              count(run.report, outcome)
              return outcome
            }),
            (outcome) => writer.add({ message, outcome }),
          )
        if (batch.taken < free) break
      }
    } finally {
      // All of them end before an error does: it would close the transport under letters that are on their way.
      await calls.allEnded()
    }
    calls.throwAccident()
    return { taken, goOn: await this.#heed(run, brake) }
  }

  /** Takes what is due in hand. From the end of the transaction on, each of these may have left. */
  async #take({ context, transport, report }: Run, most: number): Promise<{ taken: number; attempted: Attempted[] }> {
    const { suppressions, marketingMayLeave, bodies } = this.#parts
    return context.sqlTransaction(async (tx) => {
      const { due, taken } = await lockDue(tx, suppressions, most, await marketingMayLeave(tx))
      report.skipped += taken - due.length
      return { taken, attempted: await noteAttempts(tx, due, transport.name, bodies) }
    })
  }

  async #ask({ context, transport }: Run, message: Attempted): Promise<Outcome> {
    if (message.fromAddress.endsWith('@localhost')) return { kind: 'refused', problem: problem('SENDER_MISSING') }
    return transport.deliver(letterOf(context, message, this.#parts.headers(context, message)))
  }

  /** @returns whether to go on */
  async #heed({ context, transport }: Run, brake: Outcome | undefined): Promise<boolean> {
    const { rates } = this.#parts
    if (brake?.kind === 'throttled') await rates.slowDown(context, transport.account, brake.problem)
    if (brake?.kind !== 'held') return true
    await rates.hold(context, transport.account, brake.problem, brake.seconds)
    return false
  }
}

/** What a run works with. */
interface Run {
  readonly context: SqlContext
  readonly transport: Transport
  readonly signal: AbortSignal
  readonly report: DispatchReport
  /** Calls that are open at a time. */
  readonly most: number
}

/**
 * As many calls as a rate takes where the provider answers within 200 ms (Little's law), shared among the runs of the process,
 * which has one thread to make them: an answer that waits for it longer than a call may take is none. Ten at least.
 */
function openCalls(perSecond: number, { mostCalls }: Transport, runs: number): number {
  const shared = Math.ceil(Math.min(perSecond * 0.2, mostCalls) / runs)
  return Math.min(Math.max(leastCalls, shared), mostCalls)
}

function letterOf(context: SqlContext, message: Attempted, headers: Letter['headers']): Letter {
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
