import fc from 'fast-check'
import { buildSchema, type GraphQLObjectType, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { ApiKeyPrincipal, UserPrincipal } from '../../src/access/principal.ts'
import { type SubscriptionIdentity, subscriptionGroup, subscriptionTraits } from '../../src/live/subscriptionGroup.ts'

const alice: UserPrincipal = {
  type: 'user',
  id: 'alice',
  name: 'Alice',
  role: 'editor',
  sessionId: 's1',
  locale: 'en',
  permissions: new Set(['pages:read', 'pages:write']),
}
const key: ApiKeyPrincipal = {
  type: 'apiKey',
  id: 'k',
  name: 'Integration',
  permissions: new Set(['pages:read', 'pages:write']),
}
const one: SubscriptionIdentity = {
  schema: 'admin',
  workspaceId: 'w1',
  principal: alice,
  locale: 'en',
  document: 'subscription { x }',
  variables: { a: 1, b: { c: [1, 2], d: null } },
  shared: true,
}
const group = (change: Partial<SubscriptionIdentity> = {}) => subscriptionGroup({ ...one, ...change })

describe('The group of a subscription', () => {
  it('is the same for people with the same rights, whatever the order of variables and permissions', () => {
    const bob = {
      ...alice,
      id: 'bob',
      name: 'Bob',
      sessionId: 's2',
      permissions: new Set(['pages:write', 'pages:read']),
    }
    expect(group({ principal: bob, variables: { b: { d: null, c: [1, 2] }, a: 1 } })).toBe(group())
  })

  it.each<[string, Partial<SubscriptionIdentity>]>([
    ['schema', { schema: 'public' }],
    ['workspace', { workspaceId: 'w2' }],
    ['document', { document: 'subscription { y }' }],
    ['operation', { operationName: 'X' }],
    ['variables', { variables: { a: 1, b: { c: [2, 1], d: null } } }],
    ['type of a variable', { variables: { a: '1', b: { c: [1, 2], d: null } } }],
    ['fewer permissions', { principal: { ...alice, permissions: new Set(['pages:read']) } }],
    ['more permissions', { principal: { ...alice, permissions: new Set(['pages:read', 'pages:write', 'x:read']) } }],
    ['role', { principal: { ...alice, role: 'viewer' } }],
    ['language', { locale: 'fr' }],
    ['kind of principal', { principal: key }],
    ['nobody signed in', { principal: undefined }],
    ['the system', { principal: { type: 'system', name: 'job' } }],
  ])('is another one for another %s', (_, change) => {
    expect(group(change)).not.toBe(group())
  })

  it("is each person's or key's own, unless the field is declared shared", () => {
    const bob = { ...alice, id: 'bob' }
    expect(group({ shared: false, principal: bob })).not.toBe(group({ shared: false }))
    expect(group({ shared: false, principal: { ...alice, sessionId: 's2' } })).toBe(group({ shared: false }))
    expect(group({ shared: undefined, principal: key })).not.toBe(
      group({ shared: undefined, principal: { ...key, id: 'k2' } }),
    )
  })

  it('never joins two different workspaces, documents or variables', () => {
    const identity = fc.record({
      workspaceId: fc.string(),
      document: fc.string(),
      variables: fc.dictionary(fc.string(), fc.jsonValue()),
    })
    fc.assert(
      fc.property(identity, identity, (first, second) => {
        const same =
          JSON.stringify([first.workspaceId, first.document]) === JSON.stringify([second.workspaceId, second.document])
        fc.pre(!same)
        expect(group(first)).not.toBe(group(second))
      }),
    )
  })
})

describe('How a subscription may be shared', () => {
  const schema = buildSchema('type Query { x: Int } type Subscription { metrics: Int said: Int }')
  const fields = (schema.getSubscriptionType() as GraphQLObjectType).getFields()
  Object.assign(fields.metrics?.extensions as object, { live: { shared: true, currentValue: true } })

  it('is what its field declares', () => {
    expect(subscriptionTraits(schema, parse('subscription { m: metrics }'))).toEqual({
      shared: true,
      currentValue: true,
    })
    expect(subscriptionTraits(schema, parse('subscription A { said } subscription B { metrics }'), 'B')).toEqual({
      shared: true,
      currentValue: true,
    })
  })

  it('is not at all where nothing is declared, or where it cannot be told', () => {
    for (const document of [
      'subscription { said }',
      'subscription { ...F } fragment F on Subscription { metrics }',
      'subscription { metrics said }',
      'subscription { nope }',
    ]) {
      expect(subscriptionTraits(schema, parse(document))).toEqual({})
    }
  })
})
