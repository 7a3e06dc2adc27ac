import { type ChildProcess, spawn } from 'node:child_process'

/** The server, restarted when one of its files changes, and the web app, built anew when one of its own does. */
const server = ['--watch', '--watch-preserve-output', 'packages/server/src/cli.ts', 'serve', ...process.argv.slice(2)]
const running: ChildProcess[] = [
  spawn(process.execPath, server, { stdio: 'inherit' }),
  spawn('vite', ['build', '--watch', '--logLevel', 'warn'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    cwd: 'packages/admin',
  }),
]

for (const child of running) {
  // One without the other is no development server.
  child.on('exit', (code) => {
    process.exitCode ||= code ?? 0
    end('SIGTERM')
  })
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(signal))

function end(signal: NodeJS.Signals): void {
  for (const child of running) child.kill(signal)
}
