import { randomUUID } from 'node:crypto'

/** The caller's request id where it is well-formed (it ends up in logs and headers), else a new one. */
export function requestIdFrom(header: string | null | undefined): string {
  return header && wellFormed.test(header) ? header : randomUUID()
}

const wellFormed = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/

/** A W3C trace context: https://www.w3.org/TR/trace-context/#traceparent-header */
export interface TraceParent {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
}

/** @returns undefined where the header is absent or not valid, as the standard asks */
export function parseTraceParent(header: string | null | undefined): TraceParent | undefined {
  const match = header ? traceParent.exec(header) : null
  if (!match) return undefined
  const [, version, traceId, spanId, flags, rest] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ]
  if (version === 'ff' || (version === '00' && rest) || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

const traceParent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

export function newTraceId(): string {
  // Node keeps random bytes ahead for UUIDs: a tenth of what sixteen fresh ones cost.
  return randomUUID().replaceAll('-', '')
}
