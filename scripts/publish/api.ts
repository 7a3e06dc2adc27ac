import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ApiReport, apiReport, keepFiles } from './apiReports.ts'
import type { StagedPackage } from './buildPackages.ts'
import { doors, packageOfDoor } from './doors.ts'
import { writeReference } from './reference.ts'

/** How the exports of the packages compare with what is committed. */
export interface ApiComparison {
  /** Files in docs/api and docs/reference that differ: written, where asked. */
  readonly changed: readonly string[]
  /** What has to be mended in the sources. */
  readonly faults: readonly string[]
  readonly doors: number
}

/**
 * Compares what the doors export with the committed reports, and the reference with the doc comments.
 *
 * @param write accepts what there is
 */
export async function compareApi(
  root: string,
  packages: readonly StagedPackage[],
  { write }: { write: boolean },
): Promise<ApiComparison> {
  const folderOf = (name: string) => packages.find((each) => each.name === name)?.staged ?? ''
  const reports: ApiReport[] = []
  const exported = new Map<string, Set<string>>()
  for (const door of doors) {
    const name = packageOfDoor(door)
    const folder = folderOf(name)
    if (!existsSync(join(folder, door.declarations)))
      throw new Error(`${door.specifier} leads nowhere: ${door.source} is not an export of ${name}.`)
    const known = exported.get(name) ?? new Set<string>()
    const report = await apiReport(root, door, folder, known)
    for (const each of namesIn(report.report)) known.add(each)
    exported.set(name, known)
    reports.push(report)
  }
  const reference = await writeReference(reports, ({ door }) => folderOf(packageOfDoor(door)))
  const files = new Map<string, string>([
    ...reports.map(({ door, report }) => [`docs/api/${door.name}.api.md`, report] as const),
    ...[...reference.pages].map(([page, text]) => [`docs/reference/${page}`, text] as const),
  ])
  const gone = ['docs/api', 'docs/reference']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((file) => !files.has(file))
  if (write) for (const file of gone) await rm(join(root, file))
  return {
    changed: [...(await keepFiles(root, files, write)), ...gone],
    faults: [...reports.flatMap(({ faults }) => faults), ...reference.faults],
    doors: reports.length,
  }
}

/** Whether a package has to be built for {@link compareApi}: it has a door, or one of them names its types. */
export function isReported(name: string): boolean {
  return name === '@espalier/prisma' || doors.some((door) => packageOfDoor(door) === name)
}

/** The names that a report shows as exported. */
function namesIn(report: string): string[] {
  const declared = [
    ...report.matchAll(/^export (?:declare )?(?:abstract )?(?:const|function|class|interface|type|enum) (\w+)/gm),
  ]
  const renamed = [...report.matchAll(/^export \{ \w+ as (\w+) \}/gm)]
  return [...declared, ...renamed].map(([, name]) => name as string)
}
