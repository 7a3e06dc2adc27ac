import { post } from '@espalier/core'
import type { FeedbackService } from './jobs.ts'
import { Refusal } from './refusals.ts'

/** Bytes: SNS sends 256 KiB at most. */
const bodyLimit = 300 * 1024

/** SNS sends for a whole account from few addresses. */
const limit = { points: 60_000, seconds: 60 }

/** Where SNS posts what became of messages. Its text/plain is JSON. */
export const snsRoute = post<FeedbackService>(
  '/mail/sns/:workspace',
  { access: 'anonymous', bodyLimit, limit },
  async (request, { params, findWorkspace, inWorkspace, log }, { feedback }) => {
    const workspaceId = await findWorkspace(params.workspace ?? '')
    if (!workspaceId) return answer(404, 'WORKSPACE_UNKNOWN', 'There is no such workspace.')
    try {
      if (request.headers.get('x-amz-sns-rawdelivery') === 'true') throw new Refusal('SNS_NOT_A_MESSAGE')
      await feedback.webhooks.take(inWorkspace(workspaceId), await request.text())
      return new Response(null, { status: 200 })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      log.warn({ code: error.code, reason: error.message }, 'A message to the mail webhook was refused')
      return answer(error.status, error.code, error.message)
    }
  },
)

function answer(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status })
}
