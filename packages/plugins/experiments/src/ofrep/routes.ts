import { createHash } from 'node:crypto'
import { post, type Route, type RouteContext, type WorkspaceContext } from '@espalier/core'
import type { Assignments } from '../assignment/assignments.ts'
import type { Subject } from '../assignment/decision.ts'
import type { Plan } from '../assignment/plan.ts'
import { rememberedOf } from '../assignment/remembered.ts'
import { isRefusal, readSubject } from './request.ts'
import { evaluationOf } from './wire.ts'

interface Evaluates {
  readonly assignments: Assignments
}

/** What a key needs to ask who gets what. It opens nothing else, so it may be in a browser. */
export const evaluatePermission = 'experiments:evaluate'

/** A key of a server asks once for each of its own requests. */
const limit = { points: 60_000, seconds: 60 }
/** Of a subject's attributes. */
const bodyLimit = 16 * 1024
const options = { access: evaluatePermission, crossOrigin: true, bodyLimit, limit } as const

/** The OpenFeature Remote Evaluation Protocol: each experiment is a flag. */
export const ofrepRoutes: readonly Route<Evaluates>[] = [
  post('/ofrep/v1/evaluate/flags/:key', options, evaluateOne),
  post('/ofrep/v1/evaluate/flags', options, evaluateAll),
]

/** 200 with the evaluation; 404 for a flag that there is not; 400 for a request that cannot be read. */
async function evaluateOne(request: Request, context: RouteContext, { assignments }: Evaluates): Promise<Response> {
  const key = context.params.key ?? ''
  const workspace = context.workspace as WorkspaceContext
  const read = readSubject(await request.text())
  if (isRefusal(read)) return answered(400, { key, ...read })
  const plan = (await assignments.snapshot(workspace)).plan(key)
  if (!plan) {
    const errorDetails = `There is no experiment "${key}", or it is archived. Copy its key from the experiment.`
    return answered(404, { key, errorCode: 'FLAG_NOT_FOUND', errorDetails })
  }
  const subject = await withRemembered(workspace, [plan], read)
  return answered(200, evaluationOf(plan, plan.decide(subject, context.clock.now().getTime())))
}

/**
 * 200 with what a subject gets everywhere, under an ETag; 304 where that is what the client has already. Drafts are left
 * out: what is only planned is nobody's business.
 */
async function evaluateAll(request: Request, context: RouteContext, { assignments }: Evaluates): Promise<Response> {
  const workspace = context.workspace as WorkspaceContext
  const read = readSubject(await request.text())
  if (isRefusal(read)) return answered(400, read)
  const plans = (await assignments.snapshot(workspace)).plans.filter(
    ({ definition: { kind, status } }) => kind !== 'holdout' && status !== 'draft',
  )
  const subject = await withRemembered(workspace, plans, read)
  const at = context.clock.now().getTime()
  const body = JSON.stringify({ flags: plans.map((plan) => evaluationOf(plan, plan.decide(subject, at))) })
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
  const headers = { etag, 'cache-control': 'private, no-cache' }
  if (names(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers })
  return new Response(body, { headers: { ...headers, 'content-type': 'application/json; charset=utf-8' } })
}

/**
 * The subject with what it has had already. Only experiments that changed while they ran can differ from the hash, so
 * mostly there is nothing to ask; while the database does not answer, the hash has to do.
 */
async function withRemembered(workspace: WorkspaceContext, plans: readonly Plan[], subject: Subject): Promise<Subject> {
  const changed = plans.filter(({ remembers }) => remembers).map(({ definition }) => definition.id)
  if (changed.length === 0) return subject
  try {
    return { ...subject, sticky: await rememberedOf(workspace, changed, subject.id) }
  } catch (error) {
    workspace.log.warn({ err: error }, 'What a subject had before could not be read; the hash decides')
    return subject
  }
}

/** Whether `If-None-Match` has an ETag, strong or weak. */
function names(header: string | null, etag: string): boolean {
  return (header ?? '').split(',').some((given) => given.trim().replace(/^W\//, '') === etag)
}

function answered(status: number, body: object): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store' } })
}
