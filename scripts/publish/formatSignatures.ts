import { spawn } from 'node:child_process'

/** Signatures with the line breaks of the house, all of them by one call of the formatter. */
export async function formatSignatures(signatures: readonly string[]): Promise<string[]> {
  const between = (index: number) => `// signature ${index}`
  const source = signatures.map((text, index) => `${between(index)}\n${text}\n`).join('')
  const formatted = await biome(source)
  return signatures.map((_text, index) => {
    const start = formatted.indexOf(`${between(index)}\n`) + between(index).length + 1
    const end = formatted.indexOf(`${between(index + 1)}\n`, start)
    return formatted
      .slice(start, end < 0 ? undefined : end)
      .trim()
      .replace(/^declare /, '')
      .replace(/ \{\}$/, '')
  })
}

function biome(source: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('biome', ['format', '--stdin-file-path=signatures.d.ts'], { stdio: ['pipe', 'pipe', 'pipe'] })
    let output = ''
    let complaints = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (complaints += text))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`The signatures could not be formatted:\n${complaints.slice(0, 2000)}`)),
    )
    child.stdin.end(source)
  })
}
