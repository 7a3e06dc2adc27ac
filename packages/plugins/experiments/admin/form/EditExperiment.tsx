import {
  Button,
  Form,
  FormActions,
  globalId,
  Link,
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
  useQuery,
  useSharedEdit,
} from '@espalier/admin-kit'
import { useState } from 'react'
import { ExperimentDesignDocument, ExperimentUpdatedDocument } from '../experiment/documents.ts'
import type { ExperimentDesignFragment } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { ObjectFrame } from '../ObjectFrame.tsx'
import { editExperimentPage, experimentPage, experimentsPage } from '../pages.ts'
import { UpdateExperimentDocument } from './documents.ts'
import { ExperimentFields } from './ExperimentFields.tsx'
import { type ExperimentValues, inputOf, valuesOf } from './experimentValues.ts'
import { messages } from './messages.ts'
import { Power } from './Power.tsx'
import { draftOf, forgetDraft, useDraft } from './useDraft.ts'

/** Changes a draft; two people who do lose nothing. */
export default function EditExperiment() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { params } = usePage(editExperimentPage)
  const id = globalId('Experiment', params.id)
  const query = useQuery(
    ExperimentDesignDocument,
    { id },
    { live: { document: ExperimentUpdatedDocument, variables: { id } } },
  )
  return (
    <ObjectFrame
      of={query}
      title={words.experiments}
      trail={<Link to={experimentsPage}>{words.experiments}</Link>}
      height="40rem"
      gone={m.gone}
    >
      {({ node }) =>
        node?.__typename === 'Experiment' ? <Editor key={node.id} design={node} again={query.again} /> : undefined
      }
    </ObjectFrame>
  )
}

function Editor({ design, again }: { design: ExperimentDesignFragment; again: () => void }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { language } = useLanguage()
  const goTo = useGoTo()
  const [update] = useMutation(UpdateExperimentDocument, { invalidates: ['experiments'] })
  const stored = valuesOf(design)
  // Of another version, what was kept would undo what others did.
  const draftAt = (version: number) => `${plainId(design.id)}.${version}`
  const [start] = useState(() => draftOf(draftAt(design.version)))
  const form = useForm<ExperimentValues>({
    start: stored,
    check: ({ name, goals, kind }) => ({
      name: name.trim() === '' && m.nameMissing,
      goals: goals.length === 0 && kind !== 'HOLDOUT' && m.goalMissing,
    }),
  })
  const [restored, setRestored] = useState(false)
  if (!restored) {
    setRestored(true)
    if (start) queueMicrotask(() => form.reset(start, { keepDefaultValues: true }))
  }
  const back = { params: { id: plainId(design.id) }, search: { tab: 'setup' as const } }
  const edit = useSharedEdit<ExperimentValues, unknown>({
    stored,
    version: design.version,
    isDirty: form.formState.isDirty,
    fields: [
      { name: 'name', label: m.name },
      { name: 'key', label: m.key },
      { name: 'believe', label: m.believe },
      { name: 'because', label: m.because },
      { name: 'know', label: m.know },
      { name: 'goals', label: m.goals },
      { name: 'secondaryMetrics', label: m.secondary },
      { name: 'guardrails', label: m.guardrails },
      { name: 'variants', label: m.variants },
      { name: 'coverage', label: m.coverage },
      { name: 'condition', label: m.condition },
      { name: 'startsAt', label: m.startsAt },
      { name: 'stopsAt', label: m.stopsAt },
      { name: 'rules', label: m.rules },
    ],
    save: (values, expectedVersion, base) =>
      update({ id: design.id, input: inputOf(values, language, base), expectedVersion }),
    show: form.reset,
    saved: () => {
      forgetDraft(draft)
      toast(m.saved, { tone: 'positive' })
      goTo(experimentPage, back)
    },
    again,
  })
  const draft = draftAt(edit.base.version)
  const { kept, told } = useDraft(draft, form, start !== undefined)
  const title = m.editTitle(design.name)
  return (
    <PageFrame
      title={title}
      breadcrumbs={
        <>
          <Link to={experimentsPage}>{words.experiments}</Link>
          {' / '}
          <Link to={experimentPage} params={back.params}>
            {design.name}
          </Link>
        </>
      }
    >
      {design.status !== 'DRAFT' && <Note tone="warning">{m.started}</Note>}
      {kept && (
        <Note
          actions={
            <Button
              size="small"
              onPress={() => {
                form.reset(edit.base.values)
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
      <Form form={form} label={title} {...edit.form}>
        <ExperimentFields form={form} isNew={false} size={<Power form={form} traffic={undefined} />} />
        <FormActions onCancel={() => goTo(experimentPage, back)} />
      </Form>
      {edit.conflict}
    </PageFrame>
  )
}
