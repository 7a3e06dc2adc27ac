import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Names a plugin in `espalier.config.ts`, on a line of its own after the last one.
 *
 * @throws where the file has no list of one plugin a line
 */
export async function addToInstallation(root: string, name: string): Promise<void> {
  const file = join(root, 'espalier.config.ts')
  const text = await readFile(file, 'utf8')
  const [lines, indent] = /^( *)plugins: \[\n(?:.*\n)*?(?=\1\])/m.exec(text) ?? []
  if (lines === undefined)
    throw new Error(`espalier.config.ts has no list "plugins: [" with one plugin a line: add '${name}' to it by hand.`)
  await writeFile(
    file,
    text.replace(lines, () => `${lines}${indent}  '${name}',\n`),
  )
}
