import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** The product as a person starts it: its own process, an embedded PostgreSQL, a new data folder. */
export interface Product {
  readonly url: string
  readonly dataFolder: string
  /** What it has printed. */
  readonly output: () => string
  readonly email: string
  readonly password: string
  readonly process: ChildProcess
  /** As Ctrl-C does. @returns the exit code */
  stop(): Promise<number | null>
}

/** As `npm start` runs it; scripts/bundled.mjs brings it up to date. */
const program = join(import.meta.dirname, '../../dist/espalier.js')

export const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
export const hasChromium = existsSync(chromiumPath)

/** A browser as people use it: Chromium's own user agent, without the word that marks it as headless. */
export async function launchBrowser(): Promise<{ browser: Browser; userAgent: string }> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  const page = await browser.newPage()
  const userAgent = (await page.evaluate<string>('navigator.userAgent')).replace('Headless', '')
  await page.close()
  return { browser, userAgent }
}

export function newDataFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'espalier-e2e-'))
}

/** Starts the product and waits until it says that it is ready. @throws with its output when it ends instead */
export async function startProduct(options: { dataFolder: string; env?: Record<string, string> }): Promise<Product> {
  const run = runCli(['serve'], {
    ESPALIER_DATA: options.dataFolder,
    PORT: '0',
    LOG_LEVEL: 'warn',
    ESPALIER_DEMO: 'on',
    ...options.env,
  })
  await run.says(/Press Ctrl-C/)
  const printed = (label: string) => new RegExp(`^ *${label} +(\\S+)$`, 'm').exec(run.output())?.[1] ?? ''
  return {
    url: printed('Admin').replace(/\/admin\/$/, ''),
    dataFolder: options.dataFolder,
    output: run.output,
    email: printed('Sign in as'),
    password: printed('Password'),
    process: run.process,
    stop: async () => {
      run.interrupt()
      return run.ended
    },
  }
}

export interface CliRun {
  readonly process: ChildProcess
  /** Sends Ctrl-C as a terminal does: to the process and to all that it has started. */
  interrupt(): void
  readonly output: () => string
  readonly ended: Promise<number | null>
  /** Resolves once the output matches. @throws with the output when the process ends before */
  says(pattern: RegExp): Promise<void>
}

/** Runs the command line with an environment of its own, so that the settings of this machine do not leak in. */
export function runCli(args: string[], env: Record<string, string>): CliRun {
  const child = spawn(process.execPath, [program, ...args], {
    // A process group of its own, as a terminal gives to what it starts.
    detached: true,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A run of tests that is broken off takes along what it has started.
  const takeAlong = () => child.kill('SIGKILL')
  process.once('exit', takeAlong)
  child.once('close', () => process.off('exit', takeAlong))
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const listener of listeners) listener()
    })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    process: child,
    interrupt: () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number), 'SIGINT')
    },
    output: () => output,
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const listener = () => {
          if (!pattern.test(output)) return
          listeners.delete(listener)
          resolve()
        }
        listeners.add(listener)
        listener()
        ended.then((code) => reject(new Error(`It ended with ${code} and never said ${pattern}:\n${output}`)))
      }),
  }
}

export async function removeDataFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}
