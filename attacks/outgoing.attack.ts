import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { asOwner, attackedProduct, stillAnswers } from './product/attackedProduct.ts'

const product = await attackedProduct()

/** What only this machine can reach: whoever has it asked has won. */
const asked: string[] = []
const inside = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`)
  response.end('the secret of the inside')
})
await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
afterAll(() => inside.close())
const { port } = inside.address() as AddressInfo

/** Every way in which somebody has written an address of the inside. */
const insides = [
  `https://127.0.0.1:${port}/`,
  `http://127.0.0.1:${port}/`,
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://127.0.0.1./',
  'https://１２７.０.０.１/',
  'https://①②⑦.0.0.1/',
  'https://0.0.0.0/',
  'https://localhost/',
  'https://localhost./',
  'https://LOCALHOST/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1]/',
  'https://[fd00:ec2::254]/',
  'https://169.254.169.254/latest/meta-data/',
  'https://2852039166/latest/meta-data/',
  'https://100.100.100.200/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://user@127.0.0.1/',
  'https://example.com@127.0.0.1/',
  'https://127.0.0.1#@example.com/',
  'https://127.0.0.1?@example.com/',
  'https://127.0.0.1\\@example.com/',
  'https://8.8.8.8:22/',
  'https://8.8.8.8:6379/',
]
const schemes = [
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_FLUSHALL',
  'ftp://127.0.0.1/',
  'data:text/plain,x',
  'javascript:fetch(1)',
  'blob:https://x/y',
  'ws://127.0.0.1/',
  '//127.0.0.1/',
  'https:',
  'about:blank',
]

describe('A webhook', () => {
  const create = (address: string) =>
    asOwner(
      product,
      'mutation ($url: String!) { createWebhookEndpoint(input: { url: $url }) { __typename ... on Error { message } ... on InvalidInputError { issues { path } } } }',
      { url: address },
    )

  test.each([...insides, ...schemes, 'https://exa mple.com/', 'https://x\r\nHost: y/', ''])(
    'to %s is refused where it is saved',
    async (address) => {
      const { text } = await create(address)
      expect(text).toContain('InvalidInputError')
      expect(text).not.toContain('CreateWebhookEndpointSuccess')
    },
  )
})

describe('A model service', () => {
  test.each([
    'http://169.254.169.254/',
    'http://2852039166/',
    'http://[fe80::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://example.com/',
    'https://key@example.com/',
    'https://example.com/?x=',
    ...schemes,
  ])('at %s is refused: metadata of clouds, names in the clear, other schemes', async (baseUrl) => {
    const { text } = await asOwner(
      product,
      'mutation ($baseUrl: String!) { setAiKey(input: { baseUrl: $baseUrl, key: "sk-1" }) { __typename ... on Error { message } } }',
      { baseUrl },
    )
    expect(text).not.toContain('SetAiKeySuccess')
    expect(text).not.toContain('INTERNAL_ERROR')
  })
})

describe('A check of the links of a page', () => {
  test('asks none that leads inside, and says so', async () => {
    // What a resolver makes of "localhost." differs; that nothing is asked is looked at below.
    const links = insides.filter((address) => !/[@\\]|localhost\.\//.test(address))
    const content = {
      root: { props: { title: 'Links' } },
      content: links.map((href, index) => ({
        type: 'CallToAction',
        props: { id: `c${index}`, heading: 'H', label: 'L', href, goal: 'g' },
      })),
    }
    const made = await asOwner(
      product,
      'mutation ($input: CreatePageInput!) { createPage(input: $input) { __typename ... on CreatePageSuccess { data { id } } ... on InvalidInputError { issues { path message } } } }',
      { input: { slug: 'outgoing', title: 'Links', language: 'en', variants: [{ key: 'original', content }] } },
    )
    expect(made.text).toContain('CreatePageSuccess')
    const { text, body } = await asOwner(
      product,
      'query ($pageId: ID!) { pageQuality(pageId: $pageId, foreignLinks: true) { findings { code blockId } } }',
      { pageId: made.body.data.createPage.data.id },
    )
    expect(text).not.toContain('"errors"')
    const findings = body.data.pageQuality.findings as { code: string; blockId: string | null }[]
    const found = new Set(findings.filter(({ code }) => code === 'LINK_PRIVATE').map(({ blockId }) => blockId))
    expect(links.filter((_, index) => !found.has(`c${index}`))).toEqual([])
  })
})

/** What asks others over a network, but PostgreSQL and Redis: by file, whose address it is, and what holds it back. */
const clients: Readonly<Record<string, string>> = {
  'core/src/http/publicRequest.ts': 'anybody’s: resolved, and refused where it leads inside (the attacks above)',
  'plugins/ai/src/boundedFetch.ts': 'of a workspace’s model service: no metadata of clouds (the attacks above)',
  'plugins/ai/src/modelService.ts': 'as above, by boundedFetch',
  'plugins/landing-pages/src/images/s3Store.ts': 'the operator’s',
  'plugins/mail/src/feedback/certificates.ts': 'of SNS: a host of AWS alone (webhooks.attack.ts)',
  'plugins/mail/src/feedback/webhooks.ts': 'as above: to confirm a subscription',
  'plugins/mail/src/transports/ses.ts': 'a region of AWS, or the operator’s',
  'plugins/mail/src/transports/smtp.ts':
    'of a workspace’s own relay, which may stand inside; it speaks SMTP and nothing else',
  'plugins/tracking/src/clickHouse/clickHouse.ts': 'the operator’s',
  'server/src/commands/demoTraffic.ts': 'on the command line',
  'server/src/commands/documents.ts': 'on the command line',
  'server/src/simulatedVisitor.ts': 'on the command line',
}

test('whatever asks others is known, with whose address it asks', async () => {
  const asks = new RegExp(
    [
      String.raw`(?<![.\w#]|async )fetch\(|(?:=|\?\?) fetch\b`,
      String.raw`^import \{[^}]*\b(?:request|get|connect)\b[^}]*\} from 'node:(?:https?|net|tls)'`,
      String.raw`^import (?!type )(?:\w+|\{[^}]*Client\b[^}]*\}) from '(?:undici|openai|aws4fetch|nodemailer/lib/smtp-connection|@aws-sdk/client-[\w-]+|got|axios)'`,
    ].join('|'),
    'm',
  )
  const plugins = await readdir('packages/plugins')
  const folders = ['core', 'server', ...plugins.map((name) => `plugins/${name}`)].map((name) => `${name}/src`)
  const found: string[] = []
  for (const folder of folders)
    for (const file of await readdir(`packages/${folder}`, { recursive: true })) {
      // Tests bring servers of their own; a page's script asks from the visitor's browser.
      if (!/\.ts$/.test(file) || /(?:^|\/)(?:testing|browser|admin)\//.test(file)) continue
      const code = await readFile(`packages/${folder}/${file}`, 'utf8')
      if (asks.test(code.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''))) found.push(`${folder}/${file}`)
    }
  expect(found.toSorted()).toEqual(Object.keys(clients).toSorted())
})

test('nobody has asked the inside, and the server goes on', async () => {
  await stillAnswers(product)
  expect(asked).toEqual([])
})
