import {
  Button,
  ButtonLink,
  CodeBlock,
  DescriptionList,
  Diff,
  MenuButton,
  type MenuEntry,
  Row,
  Section,
  Select,
  Stack,
  TimeAgo,
  toast,
  useConfirm,
  useFormat,
  useMessages,
  useMutation,
  usePage,
  useViewer,
} from '@espalier/admin-kit'
import { Archive, CheckCircle2, PenLine, Sparkles, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { Score, StatusBadge } from '../badges.tsx'
import { ActivateDocument, RetireDocument, RollBackDocument } from '../documents.ts'
import { messages as shared } from '../messages.ts'
import { promptPage, writeVersionPage } from '../pages.ts'
import type { FoundPrompt, Variant } from '../prompt/Prompt.tsx'
import { DeriveVersion } from './DeriveVersion.tsx'
import { deriveMessages } from './deriveMessages.ts'
import { messages } from './messages.ts'
import { parameterTexts } from './parameters.ts'

interface Looked {
  prompt: FoundPrompt
  variant: Variant
  /** Of the same language, the newest first. */
  variants: readonly Variant[]
}

/** What one version says, how that differs from another, and what can be done with it. */
export function VersionDetail({ prompt, variant, variants }: Looked) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { search, setSearch } = usePage(promptPage)
  const active = variants.find(({ status }) => status === 'ACTIVE')
  // A version that is not in use is looked at for how it differs from the one that is.
  const against = search.against ?? (active && active.id !== variant.id ? active.version : 0)
  const other = variants.find(({ version, id }) => version === against && id !== variant.id)
  return (
    <Section
      title={words.version(variant.version)}
      badge={<StatusBadge status={variant.status} />}
      actions={<Deeds prompt={prompt} variant={variant} variants={variants} />}
    >
      {variant.note && <p>{variant.note}</p>}
      <About variant={variant} />
      <Select
        label={m.compare}
        options={[
          { id: '0', label: m.nothing },
          ...variants
            .filter(({ id }) => id !== variant.id)
            .map(({ version, status }) => ({
              id: String(version),
              label: words.version(version),
              detail: words.status[status],
            })),
        ]}
        value={other ? String(other.version) : '0'}
        onChange={(id) => setSearch({ against: Number(id) })}
      />
      {other ? <Differences from={other} to={variant} /> : <Texts variant={variant} />}
    </Section>
  )
}

function About({ variant }: { variant: Variant }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { number, dateTime, list } = useFormat()
  const { score, scoredExecutions, uses, activatedAt, createdAt, createdByName, status, parents } = variant
  return (
    <DescriptionList
      items={[
        [
          words.score,
          <span key="score">
            <Score value={score} />{' '}
            <span className="e-muted">
              {m.scored(number(scoredExecutions))}, {words.uses(number(uses))}
            </span>
          </span>,
        ],
        [
          m.text,
          <span key="text">
            <time dateTime={createdAt}>{dateTime(createdAt)}</time> {m.writtenBy(createdByName)}
          </span>,
        ],
        parents.length > 0 && [
          m.from,
          list(parents.map(({ kind, parent }) => `${words.version(parent.version)} (${m.kinds[kind]})`)),
        ],
        status === 'ACTIVE' && activatedAt != null && [m.inUse, <TimeAgo key="at" at={activatedAt} />],
      ]}
    />
  )
}

function Texts({ variant }: { variant: Variant }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  return (
    <Stack>
      <Stack gap={1}>
        <strong className="e-small">{m.system}</strong>
        {variant.system ? (
          <CodeBlock label={m.system} code={variant.system} />
        ) : (
          <p className="e-muted">{m.noSystem}</p>
        )}
      </Stack>
      <Stack gap={1}>
        <strong className="e-small">{m.template}</strong>
        <CodeBlock label={m.template} code={variant.template} height="36rem" />
      </Stack>
      <DescriptionList
        items={parameterTexts(variant.parameters, number).map(
          ([name, value]) => [m[name], value ?? m.asWorkspace] as const,
        )}
      />
    </Stack>
  )
}

function Differences({ from, to }: { from: Variant; to: Variant }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const write = ({ parameters }: Variant) =>
    parameterTexts(parameters, number)
      .map(([name, value]) => `${m[name]}: ${value ?? m.asWorkspace}`)
      .join('\n')
  const parts = [
    { label: m.system, before: from.system, after: to.system },
    { label: m.template, before: from.template, after: to.template },
    { label: m.parameters, before: write(from), after: write(to) },
  ].filter(({ before, after }) => before !== after)
  if (parts.length === 0) return <p className="e-muted">{m.same}</p>
  return (
    <Stack>
      {parts.map(({ label, before, after }) => (
        <Stack key={label} gap={1}>
          <strong className="e-small">{label}</strong>
          <Diff label={label} before={before} after={after} />
        </Stack>
      ))}
    </Stack>
  )
}

function Deeds({ prompt, variant, variants }: Looked) {
  const m = useMessages(messages)
  const asking = useMessages(deriveMessages)
  const viewer = useViewer()
  const confirm = useConfirm()
  const [deriving, setDeriving] = useState(false)
  const after = { invalidates: ['prompt', 'prompts'] }
  const [activate, activating] = useMutation(ActivateDocument, after)
  const [retire, retiring] = useMutation(RetireDocument, after)
  const [rollBack, rolling] = useMutation(RollBackDocument, after)
  if (!viewer.may('prompts:write')) return null
  const before = variants.find(({ status }) => status === 'ACTIVE')
  const isActive = variant.status === 'ACTIVE'
  const use = async () => {
    const { problem } = await activate({ id: variant.id })
    if (problem) {
      toast(problem.message, { tone: 'critical' })
      return
    }
    toast(m.activated(variant.version), {
      tone: 'positive',
      ...(before && {
        undo: () =>
          void activate({ id: before.id }).then(
            (outcome) => outcome.problem && toast(outcome.problem.message, { tone: 'critical' }),
          ),
      }),
    })
  }
  const takeOut = async () => {
    const { version } = variant
    if (!(await confirm({ title: m.retireTitle(version), text: m.retireText, confirm: m.retire, danger: true }))) return
    const { problem } = await retire({ id: variant.id })
    toast(problem?.message ?? m.retired(version), { tone: problem ? 'critical' : 'positive' })
  }
  const goBack = async () => {
    if (!(await confirm({ title: m.rollBackTitle, text: m.rollBackText, confirm: m.rollBack }))) return
    const { data, problem } = await rollBack({ id: prompt.id, language: variant.language })
    if (problem) toast(problem.message, { tone: 'critical' })
    else if (data) toast(m.activated(data.version), { tone: 'positive' })
  }
  const entries: MenuEntry[] = [
    ...(viewer.may('prompts:run')
      ? [{ id: 'derive', label: asking.derive, icon: Sparkles, run: () => setDeriving(true) }]
      : []),
    ...(variant.status === 'DRAFT'
      ? [{ id: 'retire', label: m.retire, icon: Archive, danger: true, run: () => void takeOut() }]
      : []),
  ]
  return (
    <Row>
      {isActive ? (
        variant.version > 1 && (
          <Button size="small" icon={Undo2} busy={rolling.busy} onPress={() => void goBack()}>
            {m.rollBack}
          </Button>
        )
      ) : (
        <Button size="small" variant="primary" icon={CheckCircle2} busy={activating.busy} onPress={() => void use()}>
          {m.activate}
        </Button>
      )}
      <ButtonLink
        to={writeVersionPage}
        params={{ name: prompt.name }}
        search={{ language: variant.language, from: variant.version }}
        size="small"
        icon={PenLine}
      >
        {m.derive}
      </ButtonLink>
      {entries.length > 0 && <MenuButton size="small" disabled={retiring.busy} entries={entries} />}
      {deriving && <DeriveVersion variant={variant} variants={variants} onClose={() => setDeriving(false)} />}
    </Row>
  )
}
