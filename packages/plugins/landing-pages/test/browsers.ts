import type { ServedKernel, SignedInClient } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'

export const chrome =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

/** What a browser was given. */
export interface Seen {
  /** The headline. */
  readonly shown: string | undefined
  /** What the page's signed note says that a view of it counts for; undefined without a tracker. */
  readonly counts: Readonly<Record<string, string>> | undefined
  /** What the page set, whole. */
  readonly setCookies: readonly string[]
  readonly headers: Headers
  readonly html: string
}

/** Browsers that keep cookies as browsers do, and report what they saw as the tracker does. */
export function browsers({ kernel, url }: Pick<ServedKernel, 'kernel' | 'url'>) {
  return (headers: Record<string, string> = {}) => {
    const jar = new Map<string, string>()
    return {
      jar,
      async visit(address: string, more: Record<string, string> = {}): Promise<Seen> {
        const { pathname, search } = new URL(address)
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
        const response = await fetch(url + pathname + search, {
          headers: {
            'user-agent': chrome,
            'x-forwarded-for': '192.0.2.7',
            ...(cookie && { cookie }),
            ...headers,
            ...more,
          },
        })
        const setCookies = response.headers.getSetCookie()
        for (const set of setCookies) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
          if (/Max-Age=0(;|$)/.test(set)) jar.delete(name)
          else jar.set(name, value)
        }
        const html = await response.text()
        const token = /data-context="([^"]+)"/.exec(html)?.[1]
        return {
          shown: /<h1>(.*?)<\/h1>/.exec(html)?.[1],
          counts: token === undefined ? undefined : kernel.service(tracking).readPageContext(token)?.experiments,
          setCookies,
          headers: response.headers,
          html,
        }
      },
      /** What the page's tracker sends. */
      async report({ html }: Seen): Promise<void> {
        const attribute = (name: string) => new RegExp(`${name}="([^"]+)"`).exec(html)?.[1]
        const events = [{ id: uuidv7(), name: 'pageview', url: 'http://espalier.test/' }]
        const response = await fetch(`${url}/collect`, {
          method: 'POST',
          headers: { 'user-agent': chrome, 'content-type': 'text/plain', ...headers },
          body: JSON.stringify({ site: attribute('data-site'), context: attribute('data-context'), events }),
        })
        if (response.status !== 200) throw new Error(await response.text())
      },
    }
  }
}

/** Somebody's experiments, and pages that show them: the variants `control` and `bold` say "Control" and "Bold". */
export function experimentPages(client: SignedInClient) {
  /** A mutation; its arguments are declared with their types. @throws with the message where it is refused */
  async function act<Data = { id: string }>(
    field: string,
    args: Record<string, readonly [type: string, value: unknown]>,
    data = 'id',
  ): Promise<Data> {
    const declared = Object.entries(args).map(([name, [type]]) => `$${name}: ${type}`)
    const passed = Object.keys(args).map((name) => `${name}: $${name}`)
    const success = `${field[0]?.toUpperCase()}${field.slice(1)}Success`
    const { answer } = await client.ask<{ answer: { message?: string; issues?: object[]; data?: Data } }>(
      `mutation(${declared.join(', ')}) { answer: ${field}(${passed.join(', ')}) {
        ... on Error { message } ... on InvalidInputError { issues { path message } } ... on ${success} { data { ${data} } } } }`,
      Object.fromEntries(Object.entries(args).map(([name, [, value]]) => [name, value])),
    )
    if (!answer.data) throw new Error(`${answer.message} ${JSON.stringify(answer.issues ?? [])}`)
    return answer.data
  }

  const content = (title: string) => ({
    root: { props: { title } },
    content: [{ type: 'Hero', props: { id: 'h', title } }],
  })

  /** A published page with a variant for each key. */
  async function page(keys: readonly string[], experimentId: string | null = null) {
    const variants = keys.map((key) => ({ key, content: content(titleOf(key)) }))
    const input = { slug: `p-${uuidv7()}`, title: 'Offer', experimentId, variants }
    const { id } = await act('createPage', { input: ['CreatePageInput!', input] })
    const { url } = await act<{ url: string }>('publishPage', { id: ['ID!', id] }, 'url')
    return { id, url }
  }

  /** An experiment that runs; the goal is "signup". */
  async function experiment(input: object = {}) {
    const variants = [
      { key: 'control', name: 'C' },
      { key: 'bold', name: 'B' },
    ]
    const whole = { key: `e-${uuidv7()}`, name: 'E', goal: 'signup', variants, ...input }
    const data = 'id key variants { id key }'
    const made = await act<{ id: string; key: string; variants: { id: string; key: string }[] }>(
      'createExperiment',
      { input: ['CreateExperimentInput!', whole] },
      data,
    )
    await act('startExperiment', { id: ['ID!', made.id] })
    return {
      ...made,
      /** As they stand in signed notes: experiment id → variant id. */
      counts: (key: string) => ({
        [uuidOf(made.id)]: uuidOf(made.variants.find((variant) => variant.key === key)?.id ?? ''),
      }),
      change: (change: object) =>
        act('changeRunningExperiment', { id: ['ID!', made.id], input: ['ChangeRunningExperimentInput!', change] }),
      act: (field: string, more: Record<string, readonly [string, unknown]> = {}) =>
        act(field, { id: ['ID!', made.id], ...more }),
    }
  }

  return {
    act,
    page,
    experiment,
    /** A page under an experiment that runs. */
    async under(input: object = {}) {
      const made = await experiment(input)
      const { id, url } = await page(['control', 'bold'], made.id)
      return { ...made, pageId: id, url }
    },
    /** What tracking is to keep to in the workspace. */
    settle: (value: object) =>
      act('updatePluginSettings', { plugin: ['String!', 'tracking'], value: ['JSON!', value] }, '__typename'),
  }
}

/** Weights by which everybody who takes part gets "bold". */
export const allBold = [
  { key: 'control', name: 'C', weight: 0 },
  { key: 'bold', name: 'B', weight: 1 },
]

export function uuidOf(globalId: string): string {
  return Buffer.from(globalId, 'base64').toString().split(':')[1] as string
}

function titleOf(key: string): string {
  return `${key[0]?.toUpperCase()}${key.slice(1)}`
}
