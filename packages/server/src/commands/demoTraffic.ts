import { parseArgs } from 'node:util'
import { StartError, seededRandom } from '@espalier/core'
import { simulateVisitor } from '../simulatedVisitor.ts'

/** Sends simulated visitors to a running server, with a line that shows how far it is. */
export async function demoTraffic(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string', default: process.env.PUBLIC_URL || `http://127.0.0.1:${process.env.PORT || 4000}` },
      page: { type: 'string', default: '/p/demo/welcome' },
      visitors: { type: 'string', default: '300' },
      'per-second': { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
    },
  })
  const visitors = wholeNumber('visitors', values.visitors, 1, 1_000_000)
  const perSecond = wholeNumber('per-second', values['per-second'], 1, 1_000)
  const random = seededRandom(wholeNumber('seed', values.seed, 0, 2 ** 31))
  const page = pageUrl(values.url, values.page)
  await refuseSilentServer(page)

  const progress = new Progress(visitors)
  const began = performance.now()
  const underWay = new Set<Promise<void>>()
  for (let index = 0; index < visitors; index++) {
    const due = began + (index / perSecond) * 1_000
    const wait = due - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const visit = simulateVisitor(page, random)
      .then((did) => progress.count(did))
      .catch((error: Error) => progress.fail(error))
      .finally(() => underWay.delete(visit))
    underWay.add(visit)
    // A server that is slower than the plan is not buried: at most a second's worth is under way.
    if (underWay.size >= Math.max(20, perSecond)) await Promise.race(underWay)
  }
  await Promise.all(underWay)
  progress.end()
  if (progress.failed === visitors) process.exitCode = 1
}

class Progress {
  failed = 0
  readonly #total: number
  readonly #done = { viewed: 0, clicked: 0, converted: 0 }
  #lastError = ''
  #drawnAt = Number.NEGATIVE_INFINITY
  #drawnTenth = 0

  constructor(total: number) {
    this.#total = total
  }

  count({ clicked, converted }: { clicked: boolean; converted: boolean }): void {
    this.#done.viewed++
    if (clicked) this.#done.clicked++
    if (converted) this.#done.converted++
    this.#draw()
  }

  fail(error: Error): void {
    this.failed++
    this.#lastError = error.message
    this.#draw()
  }

  end(): void {
    if (process.stdout.isTTY) process.stdout.write('\n')
    if (this.failed > 0) console.error(`${this.failed} visits failed; the last because: ${this.#lastError}`)
  }

  #draw(): void {
    const { viewed, clicked, converted } = this.#done
    const visited = viewed + this.failed
    const now = performance.now()
    // A terminal is redrawn at most 10 times a second; a log gets a line for every tenth of the way.
    const tenth = Math.floor((visited / this.#total) * 10)
    if (process.stdout.isTTY ? now - this.#drawnAt < 100 && visited < this.#total : tenth === this.#drawnTenth) return
    this.#drawnAt = now
    this.#drawnTenth = tenth
    const filled = Math.round((visited / this.#total) * 30)
    const bar = '█'.repeat(filled) + '░'.repeat(30 - filled)
    const line = `${bar} ${visited}/${this.#total} visitors, ${clicked} clicked, ${converted} signed up`
    process.stdout.write(process.stdout.isTTY ? `\r${line}\u001B[K` : `${line}\n`)
  }
}

function wholeNumber(name: string, value: string, min: number, max: number): number {
  if (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value)
  throw new StartError('OPTION_INVALID', `--${name} is "${value}". It takes a whole number from ${min} to ${max}.`)
}

function pageUrl(url: string, page: string): URL {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new StartError('OPTION_INVALID', `--url is "${url}". It takes an address, such as http://127.0.0.1:4000.`)
  return new URL(page, url)
}

async function refuseSilentServer(page: URL): Promise<void> {
  const response = await fetch(page, { headers: { 'user-agent': 'espalier-demo-check' } }).catch(() => undefined)
  if (!response)
    throw new StartError('SERVER_UNREACHABLE', `Nothing answers at ${page.origin}. Start the server first: npm start.`)
  if (!response.ok)
    throw new StartError(
      'PAGE_MISSING',
      `${page} answers ${response.status}. Give the path of a published page with --page.`,
    )
  await response.body?.cancel()
}
