import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { NotFoundError, StartError, sql, type WorkspaceContext } from '@espalier/core'
import experiments, { type Experiments, type PlannedItem } from '@espalier/experiments'
import { withKernel } from './withKernel.ts'

const usage =
  'Usage: espalier import growthbook <file.json> --workspace orchard [--dry-run] [--start] [--environment production] [--goal conversion].'

/** Imports what another service holds into a workspace, or says what it would become. */
export async function importFile(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      workspace: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      start: { type: 'boolean', default: false },
      environment: { type: 'string', default: 'production' },
      goal: { type: 'string', default: 'conversion' },
    },
  })
  const [service, path] = positionals
  if (service !== 'growthbook')
    throw new StartError('ARGUMENT_INVALID', `"${service ?? ''}" is no service to import from. ${usage}`)
  if (!path) throw new StartError('ARGUMENT_MISSING', `The file is missing. ${usage}`)
  if (!values.workspace) throw new StartError('ARGUMENT_MISSING', `--workspace is missing. ${usage}`)
  const { workspace: slug, environment, goal, start } = values
  const file = await readJson(path)
  await withKernel(async (kernel) => {
    const [found] = await kernel.database.system.query<{ id: string }>(
      sql`select "id" from "Workspace" where "slug" = ${slug}`,
    )
    if (!found) throw new NotFoundError('workspace', slug)
    const context = kernel.contexts.workspace(found.id, { type: 'system', name: 'espalier import' })
    const service = kernel.service(experiments)
    const options = { environment, goal }
    if (values['dry-run']) show(await service.imports.preview(context, file, options))
    else await make(context, service, { fileName: path, file, options, start })
  })
}

async function make(
  context: WorkspaceContext,
  { imports }: Experiments,
  { start, ...given }: { fileName: string; file: unknown; options: object; start: boolean },
): Promise<void> {
  const id = await imports.prepare(context, given)
  await imports.begin(context, id, start)
  let told = 0
  const { made, known, included, impossible, failed } = await imports.run(context, id, {
    onItem: (done, of) => {
      const tenth = Math.floor((done / of) * 10)
      if (tenth > told) console.log(`${done} of ${of}`)
      told = Math.max(told, tenth)
    },
  })
  const left = await imports.left(context, id)
  for (const { kind, sourceId, notes } of left) console.log(`${kind} ${sourceId}: ${notes.join(' ')}`)
  console.log(
    `${made} made, ${known} here already, ${included} part of others, ${impossible} cannot be carried over, ${failed} failed.`,
  )
  if (failed > 0) process.exitCode = 1
}

/** What each thing would become, and what is lost on the way. */
function show(items: readonly PlannedItem[]): void {
  for (const { kind, sourceId, key, outcome, keepsAssignment, notes } of items) {
    const kept = keepsAssignment === null ? '' : keepsAssignment ? ', everybody keeps their variant' : ', variants move'
    console.log(`${kind} ${sourceId}${key ? ` → ${key}` : ''}: ${outcome}${kept}`)
    for (const { en } of notes) console.log(`  ${en}`)
  }
  const count = (wanted: PlannedItem['outcome']) => items.filter(({ outcome }) => outcome === wanted).length
  console.log(
    `${count('planned')} would be made, ${count('known')} are here already, ${count('included')} part of others, ${count('impossible')} cannot be carried over. Nothing was written.`,
  )
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new StartError('FILE_UNREADABLE', `${path} cannot be read: ${cause.message}.`, { cause })
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StartError('FILE_UNREADABLE', `${path} is no JSON: ${(cause as Error).message}.`, { cause })
  }
}
