import { get, type Route } from '@espalier/core'
import type { Assignments } from '../assignment/assignments.ts'
import type { PageScript } from './pageScript.ts'

interface ServesPages {
  readonly assignments: Assignments
  readonly pageScript: PageScript
}

/** Many people share one address. */
const limit = { points: 3000, seconds: 60 }

/** For pages that others serve: the experiments of a site, which its public key names. */
export const browserRoutes: readonly Route<ServesPages>[] = [
  get<ServesPages>(
    '/experiments/:file{[a-zA-Z0-9_-]+\\.js}',
    { access: 'anonymous', crossOrigin: true, limit },
    (request, context, { pageScript, assignments }) =>
      pageScript.serve(request, context, assignments, (context.params.file ?? '').slice(0, -'.js'.length)),
  ),
]
