import { join } from 'node:path'
import { servedKernel } from '@espalier/core/testing'
import { isInterfaceType, isObjectType } from 'graphql'
import { beforeAll, describe, expect, test } from 'vitest'
import { installedPlugins } from '../src/plugins.ts'
import { type DocumentedEvent, webhookEventsPage } from './webhookEventsPage.ts'

// What this installation tells other systems: the contract that receivers rely on.

const plugins = await installedPlugins()
const { kernel, signIn } = await servedKernel(plugins)

let types: DocumentedEvent[] = []
beforeAll(async () => {
  const client = await signIn()
  const answer = await client.ask<{ webhookEventTypes: DocumentedEvent[] }>(
    '{ webhookEventTypes { type group groupTitle description frequent ordered example schema } }',
  )
  types = answer.webhookEventTypes
})

describe('what webhooks can tell', () => {
  test('stands in docs/webhook-events.md (vitest run packages/server/test/webhookEvents.test.ts --update)', async () => {
    await expect(webhookEventsPage(types)).toMatchFileSnapshot(
      join(import.meta.dirname, '../../../docs/webhook-events.md'),
    )
  })

  test('has the ids of the public API: a receiver can ask for what they name', () => {
    const wrong = plugins.flatMap(({ definition: { events = [] } }) =>
      events.flatMap(({ name, public: told }) =>
        Object.values((told?.ids ?? {}) as Record<string, string>)
          .filter((type) => !isNode(type))
          .map((type) => `${name}: ${type}`),
      ),
    )
    expect(wrong).toEqual([])
  })

  test('has examples of just the fields of its schema, those that must be there included', () => {
    for (const { type, example, schema } of types) {
      expect(Object.keys(example).sort(), type).toEqual(Object.keys(schema.properties).sort())
      expect(schema.required ?? [], type).toEqual(expect.arrayContaining(Object.keys(schema.properties)))
    }
  })

  test('says nothing of a person: no address, no name, no visitor', () => {
    const personal = types.flatMap(({ type, schema }) =>
      Object.keys(schema.properties)
        .filter((field) => /visitor|email|address|ip$|person|user/i.test(field))
        .map((field) => `${type}: ${field}`),
    )
    expect(personal).toEqual([])
  })
})

/** Whether `node(id)` finds it, for integrations too. */
function isNode(name: string): boolean {
  const type = kernel.schemas.public.getType(name)
  return isObjectType(type) && type.getInterfaces().some((given) => isInterfaceType(given) && given.name === 'Node')
}
