import type { SignedInClient } from '@espalier/core/testing'
import { v7 as uuidv7 } from 'uuid'

export interface Answer {
  __typename: string
  message?: string
  issues?: { path: string; message: string }[]
  data?: { id: string; status: string; phase: number; winner: string | null }
}

export interface ShownDecision {
  id: string
  kind: string
  at: string
  phase: number
  reason: string
  actor: { kind: string; name: string }
  inputs: Record<string, unknown>
  outputs: Record<string, unknown>
  replayAgrees: boolean | null
}

export interface ShownExperiment {
  id: string
  key: string
  name: string
  kind: string
  hypothesis: string
  status: string
  winner: string | null
  phase: number
  goal: string
  coverage: number
  condition: unknown
  activeHours: { from: string } | null
  startsAt: string | null
  stopsAt: string | null
  startedAt: string | null
  goals: { key: string }[]
  guardrails: { key: string }[]
  rules: Record<string, unknown>
  bandit: Record<string, unknown> | null
  variants: { id: string; key: string; weight: number; retiredAt: string | null }[]
  phases: {
    number: number
    reason: string
    startedAt: string
    endedAt: string | null
    weights: { share: number; variant: { key: string } }[]
    targeting: { condition: unknown; activeHours: { from: string } | null }
  }[]
  verdict: { state: string; variant: string | null; reason: string; reachedAt: string | null; phase: number } | null
  decisions: ShownDecision[]
}

/** What somebody does with experiments over GraphQL. */
export function experimentDoor(client: SignedInClient) {
  /** Any mutation; its arguments are declared by their names. */
  async function act(mutation: string, variables: Record<string, unknown>): Promise<Answer> {
    const declared = Object.keys(variables).map((name) => `$${name}: ${typeOf(mutation, name)}`)
    const passed = Object.keys(variables).map((name) => `${name}: $${name}`)
    const success = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Success`
    const data = await client.ask<{ answer: Answer }>(
      `mutation(${declared.join(', ')}) { answer: ${mutation}(${passed.join(', ')}) { __typename
        ... on Error { message } ... on InvalidInputError { issues { path message } }
        ... on ${success} { data { id status phase winner } } } }`,
      variables,
    )
    return data.answer
  }
  return {
    act,
    /** A draft with two variants and the goal "signup", unless the input says otherwise. */
    create: (input: object) =>
      act('createExperiment', {
        input: { key: `e-${uuidv7()}`, name: 'Headline', goal: 'signup', variants: twoVariants, ...input },
      }),
    read: async (id: string): Promise<ShownExperiment> => {
      const { node } = await client.ask<{ node: Nested }>(
        `query($id: ID!) { node(id: $id) { ... on Experiment { id key name kind hypothesis status winner phase goal coverage
          condition startsAt stopsAt startedAt activeHours { timeZone from to weekdays } goals { key } guardrails { key }
          rules { confidence minExposures minDays maxDays autoApply } bandit { cadenceHours minSubjects maxStep floor }
          variants { id key weight retiredAt }
          phases(first: 100) { nodes { number reason startedAt endedAt targeting weights { share variant { key } } } }
          verdict { state variant reason reachedAt phase }
          decisions(first: 100) { nodes { id kind at phase reason actor { kind name } inputs outputs replayAgrees } } } } }`,
        { id },
      )
      return { ...node, phases: node.phases.nodes, decisions: node.decisions.nodes }
    },
    /** The id in the database. */
    uuid: (globalId: string) => Buffer.from(globalId, 'base64').toString().split(':')[1] as string,
  }
}

interface Nested extends Omit<ShownExperiment, 'phases' | 'decisions'> {
  phases: { nodes: ShownExperiment['phases'] }
  decisions: { nodes: ShownDecision[] }
}

const twoVariants = [
  { key: 'control', name: 'Control' },
  { key: 'bold', name: 'Bold' },
]

function typeOf(mutation: string, argument: string): string {
  if (argument === 'id') return 'ID!'
  if (argument === 'input') return `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!`
  return argument === 'key' || argument === 'variant' || (argument === 'why' && mutation === 'forceWinner')
    ? 'String!'
    : 'String'
}
