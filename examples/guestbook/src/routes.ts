import { InvalidInputError, NotFoundError, post } from '@espalier/core'
import type { Guestbook } from './guestbook.ts'

/** `POST /guestbook/<workspace>` with `{ "name", "text" }`, from any website. */
export const signRoute = post<Guestbook>(
  '/guestbook/:workspace',
  { access: 'anonymous', crossOrigin: true, bodyLimit: 16 * 1024, limit: { points: 5, seconds: 60 } },
  async (request, { params, inWorkspace, findWorkspace }, guestbook) => {
    const slug = params.workspace ?? ''
    const workspaceId = await findWorkspace(slug)
    if (!workspaceId) throw new NotFoundError('guestbook', slug)
    const input = await request.json().catch(() => {
      throw InvalidInputError.of('input', 'NOT_JSON', {
        en: 'must be JSON, such as {"name": "Ada", "text": "Lovely!"}.',
        fr: 'doit être du JSON, tel que {"name": "Ada", "text": "Superbe !"}.',
      })
    })
    const entryId = await guestbook.sign(inWorkspace(workspaceId), input)
    return Response.json({ entryId }, { status: 202 })
  },
)
