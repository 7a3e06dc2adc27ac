import ai from '@espalier/ai'
import type { StubModelServer, StubRequest } from '@espalier/ai/testing'
import type { ServedKernel, SignedInClient } from '@espalier/core/testing'

/** Sets a workspace's model service to a stub. */
export async function useModel(
  { kernel }: Pick<ServedKernel, 'kernel'>,
  client: SignedInClient,
  stub: StubModelServer,
) {
  const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
  await context.transaction((tx) =>
    kernel.service(ai).setConnection(tx, { baseUrl: stub.baseUrl, apiKey: 'sk-of-the-test' }),
  )
}

interface Content {
  readonly root: { props: { title: string } }
  readonly content: { readonly type: string; props: Record<string, unknown> }[]
}

/** The version that a request to write one comes from. */
export function parentIn({ messages }: StubRequest): Content {
  const text = messages.map(({ content }) => content).join('\n')
  const json = /<data>(\{"(?:root|content)":.*\})<\/data>/.exec(text)?.[1]
  if (!json) throw new Error(`No parent in: ${text.slice(0, 2_000)}`)
  return JSON.parse(json) as Content
}

/** What a model answers that changes the headline alone. */
export function withHeadline(request: StubRequest, title: string, change: (content: Content) => void = () => {}) {
  const content = parentIn(request)
  const hero = content.content.find(({ type }) => type === 'Hero')
  if (hero) hero.props.title = title
  change(content)
  return { json: { rationale: `Says "${title}".`, content } }
}
