import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Extractor, ExtractorConfig, type ExtractorMessage } from '@microsoft/api-extractor'
import type { Door } from './doors.ts'

/** What a door exports, as a text for reviewers and as a model for the reference. */
export interface ApiReport {
  readonly door: Door
  /** Every exported type with its signature, as `docs/api/<name>.api.md` keeps it. */
  readonly report: string
  /** Where the model of it was written, for {@link writeReference}. */
  readonly modelFile: string
  /** What is wrong with it: exported without a comment, or used in a signature and not exported. One line each. */
  readonly faults: readonly string[]
}

/**
 * Reads what a door exports, from the declarations that are published.
 *
 * @param folder the staged package
 * @param known names that another door of the package exports: a signature may use them
 */
export async function apiReport(
  root: string,
  door: Door,
  folder: string,
  known: ReadonlySet<string>,
): Promise<ApiReport> {
  const target = join(root, '.build/api', door.name)
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  const entry = join(folder, door.declarations)
  const reportFile = `${door.name}.api.md`
  const modelFile = join(target, `${door.name}.api.json`)
  const messages: ExtractorMessage[] = []
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: entry,
      compiler: { overrideTsconfig: { compilerOptions: compilerOptions(root), files: [entry] }, skipLibCheck: true },
      apiReport: {
        enabled: true,
        reportFileName: reportFile,
        reportFolder: target,
        reportTempFolder: join(target, 'temp'),
      },
      docModel: { enabled: true, apiJsonFilePath: modelFile },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: 'warning' } },
        extractorMessageReporting: {
          default: { logLevel: 'warning' },
          // Everything that a door exports is public.
          'ae-missing-release-tag': { logLevel: 'none' },
        },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    } as never,
  })
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      messages.push(message)
      message.handled = true
    },
  })
  if (!existsSync(modelFile)) throw new Error(messages.map(({ text }) => text).join('\n'))
  return {
    door,
    report: withoutNoise(readFileSync(join(target, reportFile), 'utf8')),
    modelFile,
    faults: messages.flatMap((message) => faultOf(message, door, folder, known)),
  }
}

/** Of the installed compiler of API Extractor, not of the house's: it is older, and reads declarations alone. */
function compilerOptions(root: string): object {
  return {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
    module: 'nodenext',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    // A package of the house that another one names: as it is published, not its sources.
    paths: { '@espalier/prisma': [join(root, '.build/packages/prisma/index.d.ts')] },
  }
}

function faultOf(
  { messageId, text, sourceFilePath, sourceFileLine }: ExtractorMessage,
  door: Door,
  folder: string,
  known: ReadonlySet<string>,
): string[] {
  const place = sourceFilePath?.replace(`${folder}/`, '').replace(/\.d\.ts$/, '') ?? door.name
  const name = (/"(.+?)"/.exec(text)?.[1] ?? text).replace(/_\d+$/, '')
  if (messageId === 'ae-forgotten-export' && door.closed && !known.has(name))
    return [`${door.specifier}: ${name} (${place}) is used by what is exported: export it in ${door.source}.`]
  if (messageId.startsWith('TS')) return [`${door.specifier}: ${text} (${place}:${sourceFileLine})`]
  return []
}

/** Without what changes for no reason that a reviewer cares about: lists of warnings, which are faults here. */
function withoutNoise(report: string): string {
  return `${report
    .replace(/\n\/\/ Warnings were encountered during analysis:\n[\s\S]*?(?=\n```)/, '')
    .replaceAll(/^ *\/\/ Warning: \(ae-.*\n/gm, '')
    .replaceAll(/^ *\/\/ \(undocumented\)\n/gm, '')
    .trimEnd()}\n`
}

/** Writes what is not there yet as it should be. @returns the paths that had to change, relative to the root */
export async function keepFiles(root: string, files: ReadonlyMap<string, string>, write: boolean): Promise<string[]> {
  const changed: string[] = []
  for (const [file, text] of files) {
    const place = join(root, file)
    if (existsSync(place) && readFileSync(place, 'utf8') === text) continue
    changed.push(file)
    if (!write) continue
    await mkdir(join(place, '..'), { recursive: true })
    await writeFile(place, text)
  }
  return changed
}
