import '../settings.css'
import {
  Answer,
  Card,
  Note,
  PageFrame,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  useQuery,
  useWords,
} from '@espalier/admin-kit'
import { useState } from 'react'
import type { LimitsQuery } from '../../graphql/graphql.ts'
import { changesOf } from '../live.ts'
import { limitsPage } from '../pages.ts'
import { ChangeLimit } from './ChangeLimit.tsx'
import { LimitsDocument } from './documents.ts'
import { LimitLine } from './LimitLine.tsx'
import { isClose, type Limit, shareOf } from './limitWords.ts'
import { messages } from './messages.ts'

/** What the workspace may do at most and how near it is. What is used is counted anew whenever one comes back to the page. */
export default function Limits() {
  const m = useMessages(messages)
  const words = useWords()
  const query = useQuery(LimitsDocument, {}, { live: changesOf('PluginSetting', 'Image', 'WebhookEndpoint') })
  const [changing, setChanging] = useState<Limit>()
  return (
    <PageFrame title={words(limitsPage.title)} lead={m.lead}>
      <Answer of={query} skeleton={<Skeleton height="60rem" />}>
        {(data) => <Groups data={data} onChange={setChanging} />}
      </Answer>
      {changing && <ChangeLimit limit={changing} onClose={() => setChanging(undefined)} />}
    </PageFrame>
  )
}

function Groups({ data, onChange }: { data: LimitsQuery; onChange: (limit: Limit) => void }) {
  const m = useMessages(messages)
  // What the workspace decides itself, and what fills up, stands before what is the same everywhere.
  const names = [...data.plugins.map(({ name }) => name), 'core']
  return (
    <Stack gap={6}>
      <Nearness limits={data.limits} />
      {names.map((name) => {
        const limits = data.limits.filter(({ plugin }) => plugin === name)
        if (limits.length === 0) return null
        const title = name === 'core' ? m.core : (data.plugins.find((plugin) => plugin.name === name)?.title ?? name)
        return (
          <Card key={name} title={title} lead={name === 'core' ? m.coreLead : undefined}>
            <ul className="settings-limits">
              {limits.map((limit) => (
                <LimitLine key={`${limit.key} ${limit.of ?? ''}`} limit={limit} onChange={onChange} />
              ))}
            </ul>
          </Card>
        )
      })}
    </Stack>
  )
}

function Nearness({ limits }: { limits: readonly Limit[] }) {
  const m = useMessages(messages)
  const { list, number } = useFormat()
  const near = limits.filter(isClose)
  if (near.length > 0)
    return (
      <Note tone="warning" title={m.nearTitle}>
        {list(near.map(({ title, of }) => (of ? `${title} (${of})` : title)))}
      </Note>
    )
  const counted = limits.filter((limit) => shareOf(limit) !== undefined).length
  return (
    <Note tone="positive" title={m.noneNear}>
      {m.counted(number(counted))}
    </Note>
  )
}
