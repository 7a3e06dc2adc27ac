import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NotFoundError, type RouteContext } from '@espalier/core'
import type { Tracking } from '@espalier/tracking'
import type { Assignments } from '../assignment/assignments.ts'
import type { Definition, Plan } from '../assignment/plan.ts'
import type { Snapshot } from '../assignment/snapshot.ts'

/** The build leaves this in the place of what the server gives. */
const placeholder = '"espalier experiments"'

/** The script by which pages that others serve decide: the same code as here, with a site's experiments inside. */
export class PageScript {
  readonly #tracking: Pick<Tracking, 'sites' | 'senderOf'>
  readonly #file: string
  #bundled: Promise<string> | undefined

  /** @param file default: what `npm run build` of this plugin writes */
  constructor(
    tracking: Pick<Tracking, 'sites' | 'senderOf'>,
    file = join(import.meta.dirname, '../../dist/experiments.js'),
  ) {
    this.#tracking = tracking
    this.#file = file
  }

  /**
   * The script for one browser: with the experiments of a site's workspace, and with what only the server knows of who
   * asks. Browsers keep it for a minute, then ask again by its ETag; other caches never do.
   *
   * @param key of the site
   * @throws NotFoundError
   */
  async serve(request: Request, context: RouteContext, assignments: Assignments, key: string): Promise<Response> {
    const site = await this.#tracking.sites.find(key)
    if (!site) throw new NotFoundError('site', key)
    const workspace = context.inWorkspace(site.workspaceId)
    const sender = await this.#tracking.senderOf(request, workspace, context)
    const definitions = publicDefinitions(await assignments.snapshot(workspace))
    const bundled = await this.#read()
    // A function, because a text would be read for `$&` and the like.
    const body = bundled.replace(placeholder, () => JSON.stringify({ definitions, sender }))
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`
    const headers = { etag, 'cache-control': 'private, max-age=60' }
    if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
    return new Response(body, { headers: { ...headers, 'content-type': 'text/javascript; charset=utf-8' } })
  }

  #read(): Promise<string> {
    this.#bundled ??= readFile(this.#file, 'utf8').catch((cause) => {
      this.#bundled = undefined
      throw new Error(`The script ${this.#file} is missing. Build it: npm run build -w @espalier/experiments`, {
        cause,
      })
    })
    return this.#bundled
  }
}

/** What everybody may know: experiments of which somebody said so, and the holdouts that they stand under. */
function publicDefinitions(snapshot: Snapshot): Definition[] {
  const shown = snapshot.plans.filter(
    ({ definition: { inBrowsers, kind, status, winner } }) =>
      inBrowsers && kind !== 'holdout' && (status === 'running' || winner !== null),
  )
  const holdoutIds = new Set(shown.map(({ definition }) => definition.holdoutId))
  const holdouts = snapshot.plans.filter(({ definition }) => holdoutIds.has(definition.id))
  return [...holdouts, ...shown].map(publicDefinition)
}

/** Without the subjects that try variants out, who are nobody's business. */
function publicDefinition({ definition }: Plan): Definition {
  return { ...definition, forced: [] }
}
