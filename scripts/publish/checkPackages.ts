import { compareApi } from './api.ts'
import { buildPackages } from './buildPackages.ts'
import { lintPackage } from './lintPackages.ts'
import { packPackages } from './packPackages.ts'
import { tryPackages } from './tryPackages.ts'

/** One check of what is published. */
export interface PackageCheck {
  readonly name: string
  /** What is wrong and how to mend it; none where it is right. */
  readonly faults: readonly string[]
}

/**
 * Builds, packs and checks what is published, as a stranger would meet it.
 *
 * @throws Error when a package lacks what it has to say about itself
 */
export async function checkPackages(root: string): Promise<PackageCheck[]> {
  const { packages, faults: complaints } = await buildPackages(root)
  const packed = await packPackages(root, packages)
  const { changed, faults } = await compareApi(root, packages, { write: false })
  const linted: PackageCheck[] = []
  for (const each of packed) linted.push({ name: `${each.name} is packed well`, faults: await lintPackage(each) })
  return [
    { name: 'the sources of what is published compile', faults: complaints },
    ...linted,
    ...(await tryPackages(root, packed)).map(({ name, failure }) => ({ name, faults: failure ? [failure] : [] })),
    { name: 'what is exported has a comment, and what it uses is exported', faults },
    {
      name: 'exports and reference are as docs/api and docs/reference say',
      faults: changed.map((file) => `${file} differs. If that is meant: npm run api, and commit what it writes.`),
    },
  ]
}
