import { Badge, useMessages } from '@espalier/admin-kit'
import type { PageStatus as Status } from '../graphql/graphql.ts'
import { messages } from './messages.ts'

const tones = { DRAFT: 'neutral', ACTIVE: 'positive', ARCHIVED: 'neutral' } as const

/** Where a page is in its life. */
export function PageStatus({ status }: { status: Status }) {
  const { statuses } = useMessages(messages)
  return <Badge tone={tones[status]}>{statuses[status]}</Badge>
}
