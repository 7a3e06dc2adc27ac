import { InvalidInputError, post, type Route, type RouteContext } from '@espalier/core'
import { z } from 'zod'
import type { Imports } from './imports.ts'

/** Largest file that is taken: some ten thousand experiments. Bytes. */
const maxFileBytes = 32 * 1024 * 1024

interface Imported {
  readonly imports: Imports
}

/** Files that are too large for GraphQL. */
export const importRoutes: readonly Route<Imported>[] = [
  post('/experiments/import/growthbook', { access: 'experiments:write', bodyLimit: maxFileBytes }, upload),
]

const query = z.object({
  name: z.string().default('growthbook.json'),
  environment: z.string().optional(),
  goal: z.string().optional(),
})

/**
 * Takes the file as the body: `POST /experiments/import/growthbook?name=export.json&environment=production&goal=signup`. Plans it, and
 * makes nothing: answers 201 with the import's id, 400 for a file that cannot be read.
 */
async function upload(request: Request, { workspace }: RouteContext, { imports }: Imported): Promise<Response> {
  if (!workspace) throw new Error('A route with a permission has a workspace.')
  const { name, environment, goal } = query.parse(Object.fromEntries(new URL(request.url).searchParams))
  const id = await imports.prepare(workspace, {
    fileName: name,
    file: parsed(await request.text()),
    options: { ...(environment !== undefined && { environment }), ...(goal !== undefined && { goal }) },
  })
  return Response.json({ id }, { status: 201, headers: { 'cache-control': 'no-store' } })
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (error) {
    const { message } = error as Error
    throw InvalidInputError.of('export', 'NO_JSON', {
      en: `is no JSON: ${message}. Save the answer of GrowthBook’s API as it is.`,
      fr: `n’est pas du JSON : ${message}. Enregistrez la réponse de l’API de GrowthBook telle quelle.`,
    })
  }
}
