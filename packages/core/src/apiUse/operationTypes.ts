import type { Builder } from '../schema/builder.ts'
import { filterBy } from '../schema/lists/filters.ts'
import { prismaList } from '../schema/lists/prismaList.ts'
import { workspaceNode } from '../schema/nodes.ts'
import type { SchemaEnumRef } from '../schema/schemaEnum.ts'

/** `ApiKey.operations`: one by one, what it asked for. */
export function operationTypes(builder: Builder, Schema: SchemaEnumRef): void {
  const Kind = builder.enumType('ApiOperationKind', {
    description: 'What an operation does.',
    values: {
      QUERY: { value: 'query', description: 'It reads.' },
      MUTATION: { value: 'mutation', description: 'It changes something.' },
      SUBSCRIPTION: { value: 'subscription', description: 'It watches.' },
    } as const,
  })
  const Transport = builder.enumType('ApiOperationTransport', {
    description: 'How an operation came.',
    values: {
      HTTP: { value: 'http', description: 'A request and its answer.' },
      SSE: { value: 'sse', description: 'A stream of server-sent events.' },
      WEBSOCKET: { value: 'websocket', description: 'A WebSocket.' },
    } as const,
  })

  const ApiOperation = workspaceNode(builder, 'ApiOperation', {
    description:
      'An operation that an API key ran, or was refused. The values of its variables are not kept. Errors that are part of a mutation’s data count as OK.',
    authScopes: { permission: 'api-keys:write' },
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When it came.' }),
      schema: t.field({
        type: Schema,
        description: 'The schema that it was sent to.',
        resolve: ({ schema }) => schema as 'admin',
      }),
      transport: t.field({
        type: Transport,
        description: 'How it came.',
        resolve: ({ transport }) => transport as 'http',
      }),
      kind: t.field({
        type: Kind,
        nullable: true,
        description: 'What it does; null where its document could not be read.',
        resolve: ({ kind }) => kind as 'query' | null,
      }),
      name: t.exposeString('name', {
        nullable: true,
        description: 'As its document calls it; null where it has no name.',
      }),
      documentHash: t.exposeString('documentHash', {
        nullable: true,
        description: 'SHA-256 of its document, in hex; null where it was refused before anybody looked at it.',
      }),
      cost: t.field({
        type: 'SafeInt',
        description: 'What it cost, as `extensions.cost` told.',
        resolve: ({ cost }) => cost,
      }),
      durationMs: t.exposeFloat('durationMs', { description: 'Milliseconds that it took.' }),
      outcome: t.exposeString('outcome', { description: '"OK", or the code of its first error.' }),
      times: t.exposeInt('times', {
        description: 'More than 1 for refusals by a rate limit: those of about a second are kept as one.',
      }),
      traceId: t.exposeString('traceId', { description: 'As its errors named it.' }),
      clientName: t.exposeString('clientName', {
        nullable: true,
        description: 'What the client calls itself, in the header x-graphql-client-name.',
      }),
      clientVersion: t.exposeString('clientVersion', {
        nullable: true,
        description: 'The client’s version, in the header x-graphql-client-version.',
      }),
    }),
  })

  const operations = prismaList(builder, ApiOperation, {
    filter: {
      name: 'text',
      outcome: 'text',
      at: 'dateTime',
      schema: Schema,
      kind: Kind,
      failed: filterBy('Boolean', 'Whether it ended with an error.', (failed) =>
        failed ? { outcome: { not: 'OK' } } : { outcome: 'OK' },
      ),
    },
    // Ids are in the order of time.
    orderBy: ['id'],
  })
  builder.prismaObjectField('ApiKey', 'operations', (t) =>
    operations.field(t, {
      description: 'What it asked for, the latest first; kept for ESPALIER_OPERATION_LOG_DAYS days.',
      authScopes: { permission: 'api-keys:write' },
      where: (_args, _ctx, { id }: { id: string }) => ({ apiKeyId: id }),
    }),
  )
}
