import {
  Badge,
  ComboBox,
  Dialog,
  Form,
  FormActions,
  Select,
  TextField,
  toast,
  useForm,
  useMessages,
  useMutation,
  useQuery,
  useSharedEdit,
  useViewer,
} from '@espalier/admin-kit'
import { graphql } from '../graphql/index.ts'
import { UpdatePage } from './documents.ts'
import { goalsOf } from './goalsOf.ts'
import { messages } from './messages.ts'
import type { OverviewPage } from './PageOverview.tsx'

const ExperimentChoices = graphql(`
  query ExperimentChoices {
    experiments(first: 100) { nodes { id name status } }
  }
`)

interface PageValues {
  title: string
  slug: string
  language: string
  /** Empty: none. */
  experimentId: string
}

/** What the page is called, where it is, its language, what picks its variant, and the goals that it leads to. */
export function PageSettings({ page, again, onClose }: { page: OverviewPage; again: () => void; onClose: () => void }) {
  const m = useMessages(messages)
  const { may } = useViewer()
  const experiments = useQuery(ExperimentChoices, {}, { pause: !may('experiments:read') })
  const [update] = useMutation(UpdatePage, { invalidates: ['pages'] })
  const stored = valuesOf(page)
  const form = useForm<PageValues>({ start: stored })
  const languageName = (id: string) => (id === 'en' || id === 'fr' ? m.languages[id] : id)
  const known = [...(experiments.data?.experiments.nodes ?? []), ...(page.experiment ? [page.experiment] : [])]
  const edit = useSharedEdit<PageValues, unknown>({
    stored,
    version: page.version,
    isDirty: form.formState.isDirty,
    fields: [
      { name: 'title', label: m.name },
      { name: 'slug', label: m.slug },
      { name: 'language', label: m.language, show: languageName },
      {
        name: 'experimentId',
        label: m.experiment,
        show: (chosen) => known.find(({ id }) => id === chosen)?.name ?? m.noExperiment,
      },
    ],
    save: ({ experimentId, ...input }, expectedVersion, base) =>
      update({
        id: page.id,
        expectedVersion,
        input: { ...input, ...(experimentId === base.experimentId ? {} : { experimentId: experimentId || null }) },
      }),
    show: form.reset,
    saved: () => {
      toast(m.saved)
      onClose()
    },
    again,
  })
  const languages = [...new Set(['en', 'fr', page.language])]
  const goals = [...new Set(page.variants.flatMap(({ content }) => goalsOf(content)))]
  return (
    <Dialog open stays onClose={onClose} title={m.settingsTitle}>
      <Form form={form} label={m.settingsTitle} guarded={false} {...edit.form}>
        <TextField label={m.name} maxLength={120} required {...form.field('title')} />
        <TextField label={m.slug} hint={m.slugHint} maxLength={80} code required {...form.field('slug')} />
        <Select
          label={m.language}
          options={languages.map((id) => ({ id, label: languageName(id) }))}
          {...form.field('language')}
        />
        {experiments.data && (
          <ComboBox
            label={m.experiment}
            hint={m.experimentHint}
            options={[
              { id: '', label: m.noExperiment },
              ...experiments.data.experiments.nodes.map(({ id, name }) => ({ id, label: name })),
            ]}
            {...form.field('experimentId')}
            onChange={(id) => form.field('experimentId').onChange(id ?? '')}
          />
        )}
        <div>
          <b>{m.goals}</b>
          <p className="po-quiet">{goals.length === 0 ? m.noGoals : m.goalsHint}</p>
          <span className="po-badges">
            {goals.map((goal) => (
              <Badge key={goal}>{goal}</Badge>
            ))}
          </span>
        </div>
        <FormActions onCancel={onClose} />
      </Form>
      {edit.conflict}
    </Dialog>
  )
}

function valuesOf({ title, slug, language, experiment }: OverviewPage): PageValues {
  return { title, slug, language, experimentId: experiment?.id ?? '' }
}
