import { Answer, DescriptionList, Drawer, Section, Stack, useFormat, useMessages, useQuery } from '@espalier/admin-kit'
import type { AuditEntryQuery } from '../../graphql/graphql.ts'
import { changedFields } from './changedFields.ts'
import { AuditEntryDocument } from './documents.ts'
import { messages } from './messages.ts'
import './audit.css'

/** One line of the audit trail, with what was before and after. */
export function AuditEntryDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const m = useMessages(messages)
  return (
    <Drawer open={id !== undefined} onClose={onClose} title={m.change}>
      {id !== undefined && <Entry id={id} />}
    </Drawer>
  )
}

type EntryShown = Extract<NonNullable<AuditEntryQuery['node']>, { __typename: 'AuditEntry' }>

function Entry({ id }: { id: string }) {
  const query = useQuery(AuditEntryDocument, { id })
  return <Answer of={query}>{({ node }) => node?.__typename === 'AuditEntry' && <Found entry={node} />}</Answer>
}

function Found({ entry }: { entry: EntryShown }) {
  const m = useMessages(messages)
  const { dateTime } = useFormat()
  return (
    <Stack gap={6}>
      <DescriptionList
        items={[
          [m.action, entry.action],
          [m.who, entry.actorName ?? m.kinds[entry.actorType]],
          [m.when, dateTime(entry.at)],
          !!entry.resourceType && [m.object, entry.resourceType],
          !!entry.resourceId && [m.objectId, <code key="id">{entry.resourceId}</code>],
          !!entry.ipAddress && [m.address, entry.ipAddress],
          !!entry.userAgent && [m.browser, entry.userAgent],
          !!entry.traceId && [m.trace, <code key="trace">{entry.traceId}</code>],
        ]}
      />
      <Section title={m.change} level={3}>
        <Changes before={entry.before} after={entry.after} />
      </Section>
    </Stack>
  )
}

function Changes({ before, after }: { before: unknown; after: unknown }) {
  const m = useMessages(messages)
  const fields = changedFields(before, after)
  if (fields.length === 0) return <p className="e-muted">{m.noChange}</p>
  return (
    <>
      {before == null && <p className="e-muted">{m.made}</p>}
      {after == null && <p className="e-muted">{m.deleted}</p>}
      <table className="audit-changes">
        <thead>
          <tr>
            <th scope="col">{m.field}</th>
            {before != null && <th scope="col">{m.before}</th>}
            {after != null && <th scope="col">{m.after}</th>}
          </tr>
        </thead>
        <tbody>
          {fields.map(({ path, before: old, after: now }) => (
            <tr key={path}>
              <th scope="row">{path}</th>
              {before != null && <td>{old !== undefined && <del>{old}</del>}</td>}
              {after != null && <td>{now !== undefined && <ins>{now}</ins>}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
