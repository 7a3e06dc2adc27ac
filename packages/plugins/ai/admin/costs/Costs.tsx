import { IconButton, Note, PageFrame, Row, Stack, useMessages, usePage, useViewer } from '@espalier/admin-kit'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { messages as shared } from '../messages.ts'
import { costsPage } from '../pages.ts'
import { AllCosts } from './AllCosts.tsx'
import { ModelSpending } from './ModelSpending.tsx'
import { messages } from './messages.ts'
import { type Month, monthBeside, monthOf } from './month.ts'
import { useMonthName } from './useMonthName.ts'

/** What models and mail cost: a month at a time, which stands in the address. */
export default function Costs() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const viewer = useViewer()
  const { search } = usePage(costsPage)
  const month = monthOf(search.month, new Date())
  const seesModels = viewer.may('ai:read')
  return (
    <PageFrame title={words.costs} lead={m.lead} actions={<MonthTurner month={month} />}>
      <Stack gap={6}>
        {seesModels ? <ModelSpending month={month} /> : <Note tone="neutral">{m.forbidden}</Note>}
        {viewer.runs('operations') && viewer.may('operations:read') && <AllCosts month={month} />}
      </Stack>
    </PageFrame>
  )
}

function MonthTurner({ month }: { month: Month }) {
  const m = useMessages(messages)
  const name = useMonthName()
  const { setSearch } = usePage(costsPage)
  const isPresent = month.key === monthOf(undefined, new Date()).key
  return (
    <Row>
      <IconButton
        label={m.previous}
        icon={ChevronLeft}
        variant="secondary"
        onPress={() => setSearch({ month: monthBeside(month, -1) })}
      />
      {/* As wide as the longest name, so that the arrows stay where they are. */}
      <strong role="status" style={{ minWidth: '9.5em', textAlign: 'center' }}>
        {name(month)}
      </strong>
      <IconButton
        label={m.next}
        icon={ChevronRight}
        variant="secondary"
        disabled={isPresent}
        onPress={() => setSearch({ month: monthBeside(month, 1) })}
      />
    </Row>
  )
}
