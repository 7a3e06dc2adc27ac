import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { root, runtimeEnvironment, runtimeNode } from './runtime.mjs'

/**
 * Runs a script of the clone on the prepared Node in place of this process: same terminal, same signals, same end.
 *
 * @param {string[]} args what follows `node`: options, the script relative to the repository's root, its arguments
 */
export function handOver(args) {
  const node = runtimeNode()
  process.chdir(root)
  // A real replacement where Node has it (22.15 and later, not on Windows): one process less between npm and the server.
  if (process.execve && process.platform !== 'win32') process.execve(node, [node, ...args], runtimeEnvironment())
  stayBetween(node, args)
}

function stayBetween(node, args) {
  const child = spawn(node, args, { env: runtimeEnvironment(), stdio: 'inherit', shell: node.endsWith('.cmd') })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole group: the child has it already.
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    })
  }
  child.on('error', (error) => {
    process.stderr.write(`Node 24 could not be started: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGTERM']))
}
