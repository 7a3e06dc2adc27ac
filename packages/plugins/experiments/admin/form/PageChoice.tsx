import { Button, Checkbox, type FormState, Row, Section, Select, useMessages, useQuery } from '@espalier/admin-kit'
import { useMemo } from 'react'
import { graphql } from '../graphql/index.ts'
import type { ExperimentValues } from './experimentValues.ts'
import { messages } from './messages.ts'
import type { Traffic } from './Power.tsx'

const PagesDocument = graphql(`
  query PagesToTry {
    pages(first: 100, orderBy: { field: TITLE, direction: ASC }) {
      nodes {
        id
        title
        slug
        version
        experiment {
          id
          name
        }
        variants {
          id
          key
        }
      }
    }
  }
`)

const TrafficDocument = graphql(`
  query PageTraffic($pageId: ID!, $from: DateTime!) {
    metrics(pageId: $pageId, from: $from) {
      visitors
      conversions
    }
  }
`)

const days = 28

/** The landing page that it is for: its versions can be the variants, and its traffic says how long it takes. */
export function PageChoice({
  form,
  value,
  onChange,
  attach,
  onAttach,
}: {
  form: FormState<ExperimentValues>
  value: string | null
  onChange: (id: string | null) => void
  attach: boolean
  onAttach: (attach: boolean) => void
}) {
  const m = useMessages(messages)
  const { data } = useQuery(PagesDocument, {})
  const pages = data?.pages.nodes ?? []
  const chosen = pages.find(({ id }) => id === value)
  if (pages.length === 0) return null
  return (
    <Section title={m.page} lead={m.pageHint}>
      <Select
        label={m.page}
        labelHidden
        value={chosen?.id ?? none}
        options={[
          { id: none, label: m.noPage },
          ...pages.map(({ id, title, slug }) => ({ id, label: title, detail: slug })),
        ]}
        onChange={(id) => onChange(id === none ? null : id)}
      />
      {chosen && (
        <>
          {chosen.variants.length > 1 && (
            <Row>
              <Button
                size="small"
                onPress={() =>
                  form
                    .field('variants')
                    .onChange(chosen.variants.map(({ key }) => ({ key, name: key, weight: 1, value: '' })))
                }
              >
                {m.takeVersions}
              </Button>
            </Row>
          )}
          <Checkbox
            value={attach}
            onChange={onAttach}
            hint={chosen.experiment ? m.hasOne(chosen.experiment.name) : m.attachHint}
          >
            {m.attach}
          </Checkbox>
        </>
      )}
    </Section>
  )
}

const none = 'none'

/** What a page did in the last four weeks. Undefined while nothing is known. */
export function useTraffic(pageId: string | null): Traffic | undefined {
  // The same hour for as long as the form is open: otherwise every drawing would ask another question.
  const from = useMemo(
    () => new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - days * 86_400_000).toISOString(),
    [],
  )
  const { data } = useQuery(TrafficDocument, { pageId: pageId ?? '', from }, { pause: pageId === null })
  if (!data || pageId === null) return undefined
  const { visitors, conversions } = data.metrics
  return {
    days,
    perDay: visitors > 0 ? Math.round((visitors / days) * 10) / 10 : null,
    baseline:
      visitors > 0 && conversions > 0 && conversions < visitors
        ? Math.round((conversions / visitors) * 10_000) / 10_000
        : null,
  }
}
