import {
  Button,
  Form,
  FormActions,
  globalId,
  Link,
  mutate,
  Note,
  PageFrame,
  plainId,
  toast,
  useForm,
  useGoTo,
  useLanguage,
  useMessages,
  useMutation,
  usePage,
  useViewer,
} from '@espalier/admin-kit'
import { useState } from 'react'
import { messages as shared } from '../messages.ts'
import { experimentPage, experimentsPage, newExperimentPage } from '../pages.ts'
import { AttachToPageDocument, CreateExperimentDocument } from './documents.ts'
import { ExperimentFields } from './ExperimentFields.tsx'
import { type ExperimentValues, inputOf, newExperiment } from './experimentValues.ts'
import { messages } from './messages.ts'
import { PageChoice, useTraffic } from './PageChoice.tsx'
import { Power } from './Power.tsx'
import { draftOf, forgetDraft, useDraft } from './useDraft.ts'

const draft = 'new'

/** Makes a draft: the idea, what decides, what is compared, and how long that takes at today's traffic. */
export default function NewExperiment() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { language } = useLanguage()
  const goTo = useGoTo()
  const viewer = useViewer()
  const { search, setSearch } = usePage(newExperimentPage)
  const pageId = search.page ? globalId('Page', search.page) : null
  const [attach, setAttach] = useState(true)
  const traffic = useTraffic(pageId)
  const [create] = useMutation(CreateExperimentDocument, { invalidates: ['experiments'] })
  const [start] = useState(() => ({ kept: draftOf(draft), fresh: newExperiment(words) }))
  const form = useForm<ExperimentValues>({
    start: start.fresh,
    check: ({ name, goals, kind }) => ({
      name: name.trim() === '' && m.nameMissing,
      goals: goals.length === 0 && kind !== 'HOLDOUT' && m.goalMissing,
    }),
  })
  // After the start, so that what is kept counts as not saved.
  const [restored, setRestored] = useState(false)
  if (!restored) {
    setRestored(true)
    if (start.kept) queueMicrotask(() => form.reset(start.kept, { keepDefaultValues: true }))
  }
  const { kept, told } = useDraft(draft, form, start.kept !== undefined)
  const usesPages = viewer.runs('landing-pages') && viewer.may('pages:read')

  return (
    <PageFrame title={m.newTitle} lead={m.newLead} breadcrumbs={<Link to={experimentsPage}>{words.experiments}</Link>}>
      {kept && (
        <Note
          actions={
            <Button
              size="small"
              onPress={() => {
                form.reset(start.fresh)
                forgetDraft(draft)
                told()
              }}
            >
              {m.afresh}
            </Button>
          }
        >
          {m.kept}
        </Note>
      )}
      <Form
        form={form}
        label={m.newTitle}
        submit={(values) => create({ input: inputOf(values, language) })}
        done={async ({ id, name }) => {
          forgetDraft(draft)
          if (pageId && attach && usesPages) {
            const { problem } = await mutate(AttachToPageDocument, { id: pageId, experimentId: id })
            if (problem) toast(m.notAttached(problem.message), { tone: 'critical' })
          }
          toast(m.made(name), { tone: 'positive' })
          goTo(experimentPage, { params: { id: plainId(id) }, search: { tab: 'setup' } })
        }}
      >
        <ExperimentFields
          form={form}
          isNew
          page={
            usesPages && (
              <PageChoice
                form={form}
                value={pageId}
                onChange={(id) => setSearch({ page: id === null ? undefined : plainId(id) })}
                attach={attach}
                onAttach={setAttach}
              />
            )
          }
          size={<Power form={form} traffic={traffic} />}
        />
        <FormActions submit={m.make} onCancel={() => goTo(experimentsPage)} />
      </Form>
    </PageFrame>
  )
}
