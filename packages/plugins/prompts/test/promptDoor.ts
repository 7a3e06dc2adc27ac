import ai from '@espalier/ai'
import { type StubModelServer, stubModelServer } from '@espalier/ai/testing'
import { type AnyPlugin, definePlugin, sql, type WorkspaceContext } from '@espalier/core'
import { ManualTime, type ServedKernel, type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { afterAll } from 'vitest'
import prompts, { type PromptDefinition, type PromptRequest } from '../src/index.ts'

/** What some plugin asks models for. */
export const greet: PromptDefinition = {
  name: 'garden.greet',
  description: 'Greets somebody who came into the garden.',
  variables: [
    { name: 'who', type: 'text', description: 'Whom.', example: 'Ada' },
    { name: 'trees', type: 'list', description: 'What they look at.', required: false },
  ],
  wordings: {
    en: {
      system: 'You are a gardener.',
      template: 'Greet {{ who }}.{% for tree in trees %} Name the {{ tree }}.{% endfor %}',
    },
    fr: { system: 'Vous êtes jardinier.', template: 'Saluez {{ who }}.' },
  },
  parameters: { maxOutputTokens: 100 },
}

/** A plugin whose prompts are these. */
export function gardenWith(...definitions: PromptDefinition[]) {
  return definePlugin({
    name: 'garden',
    requires: [prompts],
    setup: ({ use }) => {
      for (const definition of definitions) use(prompts).define(definition)
    },
  })
}

export interface Answer<Data> {
  answer: {
    __typename: string
    code?: string
    message?: string
    issues?: { path: string; code: string; message: string }[]
    data?: Data
  }
}

/** The whole product as far as prompts need it, before a stub of the model service. */
export async function promptDoor({ jobs = true, more = [] }: { jobs?: boolean; more?: readonly AnyPlugin[] } = {}) {
  const time = new ManualTime(new Date('2026-03-02T09:00:00Z'))
  const stub = await stubModelServer()
  afterAll(() => stub.close())
  const served = await servedKernel([tracking, experiments, ai, prompts, gardenWith(greet), ...more], { clock: time })
  if (!jobs) await served.kernel.jobs.stopWork()
  return { ...served, time, stub, service: served.kernel.service(prompts), open: () => openWorkspace(served, stub) }
}

/** A workspace with a model service, and its owner. */
async function openWorkspace({ kernel, signIn }: ServedKernel, stub: StubModelServer) {
  const client = await signIn()
  const context = contextOf(kernel, client)
  await context.transaction((tx) => kernel.service(ai).setConnection(tx, { baseUrl: stub.baseUrl, apiKey: 'sk-test' }))
  let asked = 0
  return {
    client,
    context,
    ...mutationsOf(client),
    run: <Output = string>(request: Partial<PromptRequest<Output>> = {}) =>
      kernel.service(prompts).run<Output>(context, {
        ...{ prompt: greet.name, language: 'en', variables: { who: 'Ada' } },
        idempotencyKey: `run ${++asked}`,
        ...request,
      }),
    execution: async (id: string) => {
      const [row] = await context.db.query<Record<string, unknown>>(
        sql`select * from "PromptExecution" where "id" = ${id}`,
      )
      return row
    },
    set: (value: object) =>
      client.ask('mutation($value: JSON!) { updatePluginSettings(plugin: "prompts", value: $value) { __typename } }', {
        value,
      }),
  }
}

export function contextOf(kernel: ServedKernel['kernel'], { workspaceId }: SignedInClient): WorkspaceContext {
  return kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
}

/** What somebody does with prompts over GraphQL. */
export function mutationsOf(client: SignedInClient) {
  const act = async <Data>(mutation: string, types: Record<string, string>, variables: object, fields: string) => {
    const names = Object.keys(variables)
    const success = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Success`
    const { answer } = await client.ask<Answer<Data>>(
      `mutation(${names.map((name) => `$${name}: ${types[name] ?? 'ID!'}`).join(', ')}) {
        answer: ${mutation}(${names.map((name) => `${name}: $${name}`).join(', ')}) { __typename
          ... on Error { code message } ... on InvalidInputError { issues { path code message } }
          ... on ${success} { data { ${fields} } } } }`,
      variables as Record<string, unknown>,
    )
    return answer
  }
  const variant = 'id version language status note score uses'
  return {
    create: (input: object) =>
      act<ShownPrompt>('createPrompt', { input: 'CreatePromptInput!' }, { input }, promptFields),
    add: (promptId: string, input: object) =>
      act<ShownVariant>('addPromptVariant', { input: 'AddPromptVariantInput!' }, { promptId, input }, variant),
    activate: (id: string) => act<ShownVariant>('activatePromptVariant', {}, { id }, variant),
    retire: (id: string) => act<ShownVariant>('retirePromptVariant', {}, { id }, variant),
    rollBack: (id: string, language: string) =>
      act<ShownVariant>('rollBackPrompt', { language: 'PromptLanguage!' }, { id, language }, variant),
    rate: (id: string, rating: number, note = '') =>
      act<{ quality: number; rating: number }>(
        'ratePromptExecution',
        { rating: 'Int!', note: 'String' },
        { id, rating, note },
        'quality rating',
      ),
    tryOut: (variantId: string, variables: unknown) =>
      act<{ id: string; environment: string; finishedAt: string | null }>(
        'tryPromptVariant',
        { variables: 'JSON!' },
        { variantId, variables },
        'id environment finishedAt',
      ),
    createTest: (input: object) =>
      act<ShownTest>('createPromptTest', { input: 'CreatePromptTestInput!' }, { input }, testFields),
    startTest: (id: string) => act<ShownTest>('startPromptTest', {}, { id }, testFields),
    cancelTest: (id: string) => act<ShownTest>('cancelPromptTest', {}, { id }, testFields),
    prompt: async (name: string) =>
      (
        await client.ask<{ prompt: ShownPrompt | null }>(
          `query($name: String!) { prompt(name: $name) { ${promptFields} } }`,
          { name },
        )
      ).prompt,
    test: async (id: string) =>
      (
        await client.ask<{ node: ShownTest }>(
          `query($id: ID!) { node(id: $id) { ... on PromptTest { ${testFields} } } }`,
          { id },
        )
      ).node,
  }
}

export interface ShownVariant {
  id: string
  version: number
  language: string
  status: string
  note: string
  score: number | null
  uses: number
}

export interface ShownPrompt {
  id: string
  name: string
  builtIn: boolean
  variables: { name: string; type: string; required: boolean }[]
  variants: { nodes: ShownVariant[] }
}

export interface ShownTest {
  id: string
  status: string
  reason: string | null
  pValue: number | null
  winner: { version: number } | null
  controlMetrics: { executions: number; scored: number; quality: number | null } | null
  treatmentMetrics: { executions: number; scored: number; quality: number | null } | null
  experiment: { id: string; status: string; winner: string | null } | null
}

const promptFields = `id name builtIn variables { name type required }
  variants(orderBy: { field: CREATED_AT, direction: ASC }) { nodes { id version language status note score uses } }`
const testFields = `id status reason pValue winner { version } experiment { id status winner }
  controlMetrics { executions scored quality } treatmentMetrics { executions scored quality }`

/** The id in the database. */
export function uuid(globalId: string): string {
  return Buffer.from(globalId, 'base64').toString().split(':')[1] as string
}

/** The id in the API. */
export function globalId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64')
}
