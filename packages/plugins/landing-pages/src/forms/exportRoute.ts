import { csvDownload, get, type RouteContext } from '@espalier/core'
import type { SubmissionExport } from './submissionExport.ts'

/** What the route leans on. */
export interface SubmissionExporter {
  readonly submissionExport: SubmissionExport
}

export const exportRoute = get<SubmissionExporter>(
  '/submissions/:token',
  { access: 'submissions:read' },
  downloadSubmissions,
)

/** Streams the file: each batch of lines is read when the one before has been taken. */
async function downloadSubmissions(
  _request: Request,
  { workspace, params, clock }: RouteContext,
  { submissionExport }: SubmissionExporter,
): Promise<Response> {
  if (!workspace) throw new Error('A route with a permission has a workspace.')
  const lines = await submissionExport.read(workspace, params.token ?? '')
  const name = `submissions-${clock.now().toISOString().slice(0, 10)}.csv`
  return csvDownload(lines, name)
}
