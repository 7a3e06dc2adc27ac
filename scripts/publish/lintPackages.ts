import { readFile } from 'node:fs/promises'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import type { PackedPackage } from './packPackages.ts'

/**
 * What is wrong with a packed package: by publint (what Node, bundlers and npm make of it) and by arethetypeswrong (whether
 * types are found where the code is). It is ESM only: what old CommonJS projects would find is not asked.
 *
 * @returns one line for each fault
 */
export async function lintPackage({ name, tarball }: PackedPackage): Promise<string[]> {
  const data = await readFile(tarball)
  const { messages, pkg } = await publint({
    pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.length) },
    strict: true,
  })
  const analysis = await checkPackage(createPackageFromTarballData(data), { excludeEntrypoints: [notCode] })
  const problems = analysis.types ? analysis.problems : [{ kind: 'NoTypes' }]
  return [
    ...messages.map(
      (message) => `${name}: publint: ${formatMessage(message, pkg ?? {}, { color: false }) ?? message.code}`,
    ),
    ...problems
      .filter((problem) => !('resolutionKind' in problem) || asked.has(String(problem.resolutionKind)))
      .map((problem) => `${name}: arethetypeswrong: ${JSON.stringify(problem)}`),
  ]
}

/** Doors that lead to a file as it is, which has no types. */
const notCode = /\.(css|graphql|json)$/

/** How Node and how bundlers resolve an import; `node10` and `node16-cjs` are of projects that cannot load ESM. */
const asked = new Set(['node16-esm', 'bundler'])
