import { describe, expect, test } from 'vitest'
import { sayEverywhere } from './injection/everyText.ts'
import { outOf, payload } from './injection/markup.ts'
import { addressesOf } from './walk/addresses.ts'
import { ask } from './walk/answers.ts'
import { openEstate } from './walk/estate.ts'

const estate = await openEstate()
const home = await estate.settle('a')

/** Begins a formula; ends texts, attributes and scripts; is a template, and SQL. */
const formula = `=1+1;${payload}'; drop table "Page"; --`
/** Begins a header of a mail and its body, and a command to a terminal. */
const header = `x\r\nBcc: eve@evil.example\r\n\r\n${payload}\u001b[2J`
const payloads = process.env.ATTACKS === 'full' ? [formula, header] : [formula]

describe('Whatever is said in any argument of the API', () => {
  test('is taken or refused, and HTML that comes back has it as text', async () => {
    for (const one of payloads) {
      const { taken, broken, html } = await sayEverywhere(estate, home, one)
      expect(broken, broken.join('\n')).toEqual([])
      expect(html.flatMap(outOf)).toEqual([])
      if (one === formula) expect(taken.length, taken.join('\n')).toBeGreaterThan(20)
    }
    const tables = await estate.print(home)
    expect(tables.Page).toBeTruthy()
  })

  test('is no formula in a file, and no markup on a page', async () => {
    // What an export holds was written before it.
    estate.app.clock.advance({ minutes: 1 })
    const giving = /^Query\.|^Mutation\.(export\w*|publish\w*|create\w*Link)$/
    const addresses = await addressesOf(estate, home, ({ coordinate }) => giving.test(coordinate))
    const seen = new Map<string, string>()
    for (const address of addresses) {
      const response = await fetch(estate.app.url + address.slice(estate.app.kernel.publicUrl.length), {
        headers: home.owner.headers,
      })
      const text = await response.text()
      const type = response.headers.get('content-type')?.split(';')[0] ?? ''
      if (text.includes('data-attack')) seen.set(type, address)
      if (type === 'text/html') expect(outOf(text), address).toEqual([])
      // At the beginning of a cell, in quotes or without.
      if (type === 'text/csv') expect(text, address).not.toMatch(/(?:^|[,;\r\n])"?[=+\-@]1\+1/)
    }
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['text/csv']))
  })

  test('adds no header and no markup to mail', async () => {
    const { text } = await ask(estate, home.owner, {
      query: '{ mailMessages(first: 100) { nodes { subject html text } } }',
      variables: {},
    })
    const { mailMessages } = JSON.parse(text).data as { mailMessages: { nodes: { subject: string; html: string }[] } }
    expect(mailMessages.nodes.length).toBeGreaterThan(0)
    expect(mailMessages.nodes.filter(({ subject }) => /[\r\n]/.test(subject))).toEqual([])
    expect(mailMessages.nodes.flatMap(({ html }) => outOf(html ?? ''))).toEqual([])
  })
})
