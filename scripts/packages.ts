/**
 * npm run build:packages          builds and packs what is published, into .build
 * npm run api                     accepts what the packages export: writes docs/api and docs/reference
 * npm test -- packages            checks all of it
 */
import { compareApi, isReported } from './publish/api.ts'
import { buildPackages } from './publish/buildPackages.ts'
import { packPackages } from './publish/packPackages.ts'

const root = process.cwd()
const [command] = process.argv.slice(2)

try {
  if (command !== 'build' && command !== 'api') throw new Error('Say what to do: build or api.')
  const { packages, faults } = await buildPackages(root, command === 'api' ? isReported : undefined)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  if (command === 'build') {
    for (const { name, tarball } of await packPackages(root, packages)) console.log(`${name}: ${tarball}`)
  } else {
    const { changed, faults } = await compareApi(root, packages, { write: true })
    console.log(changed.length > 0 ? `Written: ${changed.join(', ')}` : 'Nothing has changed.')
    if (faults.length > 0) throw new Error(faults.join('\n'))
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
