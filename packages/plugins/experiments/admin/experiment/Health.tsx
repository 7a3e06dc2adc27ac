import {
  Answer,
  Note,
  Section,
  ShareList,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import type { ExperimentHealthQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { ExperimentUpdatedDocument } from './documents.ts'
import { messages } from './health.messages.ts'
import { useSliceNames } from './useSliceNames.ts'
import './experiment.css'

const HealthDocument = graphql(`
  query ExperimentHealth($id: ID!) {
    node(id: $id) {
      id
      ... on Experiment {
        health {
          sampleRatio {
            pValue
            alarm
          }
          causes {
            expected
            predicted
            recorded
            captured
            moved
            variant {
              id
              name
            }
          }
          imbalances {
            dimension
            value
            exposures
            pValue
          }
          unexpected
          bots
          late
          crossovers
          forced
        }
      }
    }
  }
`)

type Shown = Extract<NonNullable<ExperimentHealthQuery['node']>, { __typename: 'Experiment' }>['health']

/** Whether the counts can be believed, and if not why: said in a sentence, then drawn, then counted. */
export function Health({ id }: { id: string }) {
  const query = useQuery(
    HealthDocument,
    { id },
    { live: { document: ExperimentUpdatedDocument, variables: { id }, again: true } },
  )
  return (
    <Answer of={query} skeleton={<Skeleton height="28rem" />}>
      {({ node }) => (node?.__typename === 'Experiment' ? <Panel health={node.health} /> : null)}
    </Answer>
  )
}

function Panel({ health: { sampleRatio, causes, imbalances, ...counts } }: { health: Shown }) {
  const m = useMessages(messages)
  const { number, percent } = useFormat()
  const nameOf = useSliceNames()
  const p = sampleRatio ? number(sampleRatio.pValue, 4) : ''
  const total = causes.reduce((sum, { recorded }) => sum + recorded, 0)
  const signed = (value: number) => (value > 0 ? `+${number(value)}` : number(value))
  return (
    <Stack gap={6}>
      {!sampleRatio ? (
        <Note tone="neutral" title={m.tooFew}>
          {m.tooFewWhy}
        </Note>
      ) : sampleRatio.alarm ? (
        <Note tone="critical" title={m.off}>
          {m.offWhy(p)}
        </Note>
      ) : (
        <Note tone="positive" title={m.fine}>
          {m.fineWhy(p)}
        </Note>
      )}
      <Section title={m.shares} lead={m.sharesLead}>
        <ShareList
          label={m.shares}
          total={total}
          formatValue={(value) => number(value)}
          rows={causes.map(({ variant, recorded, expected }) => ({
            id: variant.id,
            label: variant.name,
            value: recorded,
            before: expected,
          }))}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
        <section className="x-scroll" tabIndex={0} aria-label={m.causes}>
          <table className="x-table">
            <caption className="e-hidden">{m.causes}</caption>
            <thead>
              <tr>
                {[m.variant, m.expected, m.recorded, m.captured, m.moved].map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {causes.map(({ variant, expected, recorded, captured, moved }) => (
                <tr key={variant.id}>
                  <th scope="row">{variant.name}</th>
                  <td>{number(expected)}</td>
                  <td>{number(recorded)}</td>
                  <td>{signed(captured)}</td>
                  <td>{signed(moved)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <p className="e-small e-muted">{m.capturedMeans}</p>
        <p className="e-small e-muted">{m.movedMeans}</p>
      </Section>
      {imbalances.length > 0 && (
        <Section title={m.imbalances} lead={m.imbalancesLead}>
          <ul>
            {imbalances.map(({ dimension, value, exposures, pValue }) => (
              <li key={`${dimension} ${value}`}>
                {m.imbalance(nameOf(dimension, value), number(exposures), number(pValue, 5))}
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={m.counts}>
        <dl className="x-facts">
          {(['crossovers', 'unexpected', 'late', 'bots', 'forced'] as const).map((fact) => (
            <div key={fact}>
              <dt>{m.facts[fact].name}</dt>
              <dd>
                {number(counts[fact])}
                {(fact === 'crossovers' || fact === 'unexpected' || fact === 'late') &&
                  total > 0 &&
                  counts[fact] > 0 && <span className="e-muted e-small"> {percent(counts[fact] / total)}</span>}
              </dd>
              <dd>{m.facts[fact].means}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </Stack>
  )
}
