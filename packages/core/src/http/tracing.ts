import {
  type Context,
  isValidTraceId,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { newTraceId, parseTraceParent } from './requestIdentity.ts'

/** Where spans go. */
export interface TracingOptions {
  /** Base URL of an OTLP/HTTP collector, as in OTEL_EXPORTER_OTLP_ENDPOINT. Without it nothing is recorded. */
  endpoint?: string | undefined
  /** How traces name this process. Default "espalier". */
  serviceName?: string
}

/** Where spans go. Kept by the server that made it; the SDK is loaded only where an endpoint is configured. */
export interface Tracing {
  readonly tracer: Tracer
  /** Sends what is still buffered. */
  close(): Promise<void>
}

/** Makes spans of requests, jobs and queries and sends them, where an endpoint is set. */
export async function createTracing({ endpoint, serviceName = 'espalier' }: TracingOptions): Promise<Tracing> {
  if (!endpoint) return silentTracing()
  const { exportingTracing } = await import('./tracingExport.ts')
  return exportingTracing(endpoint, serviceName)
}

/** Records nothing by itself; a process that registered an SDK of its own through the API still gets spans. */
export function silentTracing(): Tracing {
  return { tracer: trace.getTracer('espalier'), close: async () => {} }
}

/** One request's place in a trace: its caller's where a valid `traceparent` came along, else a new one. */
export interface RequestTrace {
  readonly traceId: string
  readonly span: Span
  /** Parent for the spans of what the request sets off. */
  readonly context: Context
}

export function startRequestTrace(
  tracer: Tracer,
  method: string,
  traceparent: string | null | undefined,
): RequestTrace {
  const caller = parseTraceParent(traceparent)
  const parent = caller
    ? trace.setSpanContext(ROOT_CONTEXT, {
        traceId: caller.traceId,
        spanId: caller.spanId,
        traceFlags: caller.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
        isRemote: true,
      })
    : ROOT_CONTEXT
  return new StartedTrace(parent, tracer.startSpan(`HTTP ${method}`, { kind: SpanKind.SERVER }, parent))
}

/** Most requests fail at nothing and set off nothing that is traced: their id and context are made when asked for. */
class StartedTrace implements RequestTrace {
  readonly span: Span
  readonly #parent: Context
  #traceId: string | undefined

  constructor(parent: Context, span: Span) {
    this.span = span
    this.#parent = parent
  }

  get traceId(): string {
    if (this.#traceId === undefined) {
      const { traceId } = this.span.spanContext()
      this.#traceId = isValidTraceId(traceId) ? traceId : newTraceId()
    }
    return this.#traceId
  }

  get context(): Context {
    return trace.setSpan(this.#parent, this.span)
  }
}

export function endRequestTrace({ span }: RequestTrace, method: string, route: string, status: number): void {
  if (span.isRecording()) {
    span.updateName(`${method} ${route}`)
    span.setAttributes({ 'http.request.method': method, 'http.route': route, 'http.response.status_code': status })
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}
