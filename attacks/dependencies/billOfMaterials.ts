import { spawnSync } from 'node:child_process'

/** The parts of CycloneDX 1.5 that are read here. */
export interface Bill {
  readonly components: readonly Component[]
  readonly metadata: Record<string, unknown> & { readonly component: Record<string, unknown> }
}

export interface Component {
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string }
    readonly expression?: string
  }[]
}

/**
 * What the product runs on, of which licence and with which hash: npm's own list of the lock file, without what differs from one
 * making to the next (its number, its time, the name of the folder).
 */
export function billOfMaterials(folder: string): Bill {
  const npm = spawnSync('npm', ['sbom', '--package-lock-only', '--omit', 'dev', '--sbom-format', 'cyclonedx'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (npm.status !== 0) throw new Error(`npm sbom ended with ${npm.status}: ${npm.stderr}`)
  const { serialNumber: _number, metadata, ...rest } = JSON.parse(npm.stdout)
  const { timestamp: _time, ...facts } = metadata
  return { ...rest, metadata: { ...facts, component: { ...facts.component, name: 'espalier' } } }
}

/** As SPDX writes it; undefined where the package says nothing that SPDX knows. */
export function licenceOf({ licenses }: Component): string | undefined {
  const [first] = licenses ?? []
  return first?.expression ?? first?.license?.id
}
