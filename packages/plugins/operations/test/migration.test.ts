import { type Migration, migrate, readMigrations } from '@espalier/core/server'
import { emptyDatabase } from '@espalier/core/testing'
import pg from 'pg'
import { expect, test } from 'vitest'

const database = await emptyDatabase()

test('endpoints and deliveries from before there were other events go on as they were', async () => {
  const owner = new pg.Client(database.owner)
  await owner.connect()
  const migrations = await readMigrations(new URL('../../../../prisma/migrations', import.meta.url).pathname)
  const index = migrations.findIndex(({ name }) => name.endsWith('public_webhooks'))
  await migrate(owner, migrations.slice(0, index) as Migration[])
  const uuid = (text: string) => `00000000-0000-4000-8000-${text.padStart(12, '0')}`
  const [workspace, picky, all, told, waiting, tried] = ['a', 'b', 'c', 'd', 'e', 'f'].map(uuid)
  await owner.query(`insert into "Workspace" ("id", "name", "slug") values ($1, 'Old', 'old')`, [workspace])
  // As the owner of the database writes: past policies where they are not forced.
  for (const table of ['Notification', 'WebhookEndpoint', 'WebhookDelivery'])
    await owner.query(`alter table "${table}" no force row level security`)
  for (const [id, kinds] of [
    [picky, ['budget', 'alert']],
    [all, []],
  ])
    await owner.query(
      `insert into "WebhookEndpoint" ("workspaceId", "id", "url", "kinds", "updatedAt") values ($1, $2, 'https://example.com/', $3, now())`,
      [workspace, id, kinds],
    )
  await owner.query(
    `insert into "Notification" ("workspaceId", "id", "kind", "key", "titleEn", "titleFr", "link", "data", "createdAt")
     values ($1, $2, 'budget', 'one', 'Spent', 'Dépensé', '/costs', '{"answer": 42}', '2026-11-20T10:00:00Z')`,
    [workspace, told],
  )
  for (const [id, notification] of [
    [waiting, told],
    [tried, null],
  ])
    await owner.query(
      `insert into "WebhookDelivery" ("workspaceId", "id", "endpointId", "notificationId", "createdAt") values ($1, $2, $3, $4, '2026-11-20T10:00:00Z')`,
      [workspace, id, all, notification],
    )
  for (const table of ['Notification', 'WebhookEndpoint', 'WebhookDelivery'])
    await owner.query(`alter table "${table}" force row level security`)
  await migrate(owner, migrations)

  for (const table of ['WebhookEndpoint', 'WebhookDelivery', 'WebhookMessage'])
    await owner.query(`alter table "${table}" no force row level security`)
  const endpoints = await owner.query(`select "id", "eventTypes", "ordered" from "WebhookEndpoint" order by "id"`)
  expect(endpoints.rows).toEqual([
    { id: picky, eventTypes: ['notification.alert', 'notification.budget'], ordered: false },
    { id: all, eventTypes: ['notification.*'], ordered: false },
  ])
  const deliveries = await owner.query(
    `select delivery."id", "eventType", "isTest", "status", "body"::jsonb as "body" from "WebhookDelivery" delivery
       join "WebhookMessage" message on message."id" = delivery."messageId" order by 1`,
  )
  expect(deliveries.rows).toEqual([
    {
      id: waiting,
      eventType: 'notification.budget',
      isTest: false,
      status: 'waiting',
      body: {
        id: told,
        type: 'notification.budget',
        workspaceId: workspace,
        timestamp: '2026-11-20T10:00:00.000Z',
        data: {
          id: told,
          workspaceId: workspace,
          key: 'one',
          severity: 'info',
          title: { en: 'Spent', fr: 'Dépensé' },
          body: { en: '', fr: '' },
          url: '/admin/costs',
          details: { answer: 42 },
        },
      },
    },
    {
      id: tried,
      eventType: 'test',
      isTest: true,
      status: 'waiting',
      body: {
        id: tried,
        type: 'test',
        workspaceId: workspace,
        test: true,
        timestamp: '2026-11-20T10:00:00.000Z',
        data: { workspaceId: workspace },
      },
    },
  ])
  const forced = await owner.query(
    `select relname from pg_class where relname in ('Notification', 'WebhookAttempt') and relforcerowsecurity order by 1`,
  )
  expect(forced.rowCount).toBe(2)
  await owner.end()
})
