import { mkdirSync, writeFileSync } from 'node:fs'
import { billOfMaterials } from '../attacks/dependencies/billOfMaterials.ts'

// What a release consists of, as CycloneDX: npm run sbom. The same lock file gives the same bytes.
const file = '.build/sbom.cdx.json'
const bill = billOfMaterials(process.cwd())
mkdirSync('.build', { recursive: true })
writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`)
process.stdout.write(`${file}: ${bill.components.length} packages with their versions, licences and hashes.\n`)
