import {
  Badge,
  chosenOf,
  daysOf,
  EmptyState,
  Link,
  List,
  orderOf,
  PageFrame,
  Stack,
  TimeAgo,
  type Tone,
  useFormat,
  useLanguage,
  useMessages,
  useViewer,
} from '@espalier/admin-kit'
import { Telescope } from 'lucide-react'
import { useState } from 'react'
import type { FeedbackOutcome, FeedbackQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { feedbackPage, promptsPage } from '../pages.ts'
import { Calibration } from './Calibration.tsx'
import { FeedbackDocument } from './documents.ts'
import { messages } from './messages.ts'
import { SettleFeedback } from './SettleFeedback.tsx'

type Prediction = FeedbackQuery['feedback']['nodes'][number]

const actions = ['LEAD_CONVERSION', 'EMAIL_RESPONSE', 'USER_ACTION', 'SYSTEM_PERFORMANCE'] as const
const outcomes = ['POSITIVE', 'NEGATIVE', 'NEUTRAL'] as const
const tones: Record<FeedbackOutcome, Tone> = { POSITIVE: 'positive', NEGATIVE: 'critical', NEUTRAL: 'neutral' }

/** What was predicted and what came of it, and how far that can be trusted. */
export default function Feedback() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { language } = useLanguage()
  const { number, percent } = useFormat()
  const viewer = useViewer()
  const [settling, setSettling] = useState<Prediction>()
  const mayWrite = viewer.may('feedback:write')
  return (
    <PageFrame title={m.title} lead={m.lead} wide breadcrumbs={<Link to={promptsPage}>{words.prompts}</Link>}>
      <Stack gap={6}>
        <Calibration />
        <List
          id="prompts.feedback"
          label={m.title}
          page={feedbackPage}
          document={FeedbackDocument}
          connection={({ feedback }: FeedbackQuery) => feedback}
          variables={({ sort, filter }) => ({
            orderBy: orderOf(sort, ['CREATED_AT']),
            filter: {
              actionType: chosenOf(filter.action, actions),
              outcome: chosenOf(filter.outcome, outcomes),
              createdAt: daysOf(filter.when),
            },
          })}
          search={false}
          sort="-CREATED_AT"
          rowLabel={({ actionType }) => m.actions[actionType]}
          {...(mayWrite && {
            onOpen: (prediction: Prediction) => {
              if (prediction.outcome === null) setSettling(prediction)
            },
          })}
          columns={[
            {
              id: 'when',
              label: m.when,
              cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
              sort: 'CREATED_AT',
              sortFirst: 'down',
              width: 130,
              fixed: true,
            },
            { id: 'about', label: m.about, cell: ({ actionType }) => m.actions[actionType], width: 200 },
            {
              id: 'confidence',
              label: m.confidence,
              cell: ({ confidence }) => confidence !== null && percent(confidence, 0),
              align: 'end',
              width: 110,
              fixed: true,
            },
            {
              id: 'outcome',
              label: m.outcome,
              cell: ({ outcome }) =>
                outcome ? (
                  <Badge tone={tones[outcome]}>{m.outcomes[outcome]}</Badge>
                ) : (
                  <Badge tone="info">{m.open}</Badge>
                ),
              width: 160,
              fixed: true,
            },
            {
              id: 'impact',
              label: m.impact,
              cell: ({ impact }) => impact !== null && number(impact),
              align: 'end',
              width: 90,
              fixed: true,
            },
            {
              id: 'notes',
              label: m.notes,
              cell: ({ notesEn, notesFr }) => (language === 'fr' ? notesFr || notesEn : notesEn || notesFr),
              width: 300,
            },
          ]}
          filters={[
            { id: 'action', label: m.about, options: actions.map((id) => ({ id, label: m.actions[id] })) },
            { id: 'outcome', label: m.outcome, options: outcomes.map((id) => ({ id, label: m.outcomes[id] })) },
            { id: 'when', label: m.when, kind: 'date' },
          ]}
          empty={
            <EmptyState icon={Telescope} title={m.none}>
              <p>{m.noneText}</p>
            </EmptyState>
          }
        />
      </Stack>
      {settling && <SettleFeedback id={settling.id} onClose={() => setSettling(undefined)} />}
    </PageFrame>
  )
}
