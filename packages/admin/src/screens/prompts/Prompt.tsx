import { useState } from 'react'
import { Failure } from '../../Failure.tsx'
import type { PromptQuery } from '../../graphql/graphql.ts'
import { graphql } from '../../graphql/index.ts'
import { useLanguage } from '../../language.tsx'
import { Link, ScreenHeading } from '../../route.tsx'
import { useAnswer } from '../../useApi.ts'
import { useDeed } from '../../useDeed.ts'
import { Differences } from './Differences.tsx'

const PromptDocument = graphql(`
  query Prompt($name: String!) {
    prompt(name: $name) {
      id
      name
      description
      builtIn
      activeVariants {
        id
        language
      }
      variants(first: 50) {
        edges {
          node {
            id
            version
            language
            status
            score
            uses
            note
            system
            template
          }
        }
      }
      tests(first: 10) {
        edges {
          node {
            id
            name
            status
            pValue
            control {
              version
            }
            treatment {
              version
            }
            winner {
              version
            }
            controlMetrics {
              executions
            }
            treatmentMetrics {
              executions
            }
          }
        }
      }
    }
  }
`)

const ActivateDocument = graphql(`
  mutation ActivatePromptVariant($id: ID!) {
    activatePromptVariant(id: $id) {
      ... on Error {
        message
      }
    }
  }
`)

const RollBackDocument = graphql(`
  mutation RollBackPrompt($id: ID!, $language: PromptLanguage!) {
    rollBackPrompt(id: $id, language: $language) {
      ... on Error {
        message
      }
    }
  }
`)

type Found = NonNullable<PromptQuery['prompt']>
type Variant = Found['variants']['edges'][number]['node']

/** One prompt: its variants, how they differ, and what tests said. */
export function Prompt({ name, mayDecide }: { name: string; mayDecide: boolean }) {
  const { messages } = useLanguage()
  const words = messages.prompts
  const { answer, again } = useAnswer(PromptDocument, { name })
  const { act, busy, failure } = useDeed(again)
  const back = <Link to="prompts">{words.back}</Link>
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />
  const { prompt } = answer.result
  if (!prompt)
    return (
      <>
        {back}
        <ScreenHeading>{name}</ScreenHeading>
        <p>{words.gone}</p>
      </>
    )
  return (
    <>
      {back}
      <ScreenHeading>{prompt.name}</ScreenHeading>
      <p>{(prompt.builtIn && words.descriptions[name]) || prompt.description}</p>
      {failure && (
        <p role="alert" className="bad">
          {failure}
        </p>
      )}
      <section aria-labelledby="variants">
        <h2 id="variants">{words.variants}</h2>
        <ol className="steps">
          {prompt.variants.edges.map(({ node }) => (
            <VariantItem key={node.id} variant={node} prompt={prompt}>
              {mayDecide && node.status !== 'ACTIVE' && (
                <button type="button" disabled={busy} onClick={() => act(ActivateDocument, { id: node.id })}>
                  {words.activate}
                </button>
              )}
              {mayDecide && node.status === 'ACTIVE' && node.version > 1 && (
                <button
                  type="button"
                  disabled={busy}
                  onClick={() => act(RollBackDocument, { id: prompt.id, language: node.language })}
                >
                  {words.rollBack}
                </button>
              )}
            </VariantItem>
          ))}
        </ol>
      </section>
      <Tests prompt={prompt} />
    </>
  )
}

function VariantItem({ variant, prompt, children }: { variant: Variant; prompt: Found; children: React.ReactNode }) {
  const { language, messages } = useLanguage()
  const words = messages.prompts
  const [open, setOpen] = useState(false)
  const active = prompt.activeVariants.find((candidate) => candidate.language === variant.language)
  const score = new Intl.NumberFormat(language, { maximumFractionDigits: 2, minimumFractionDigits: 2 })
  return (
    <li className={`notification ${variant.status === 'ACTIVE' ? 'success' : ''}`}>
      <div className="row">
        <strong>
          {variant.language.toLowerCase()} · {words.version(variant.version)}
        </strong>
        <span className="badge">{words.status[variant.status] ?? variant.status}</span>
        <span>
          {words.score} {typeof variant.score === 'number' ? score.format(variant.score) : '–'}
        </span>
        <span className="muted">
          {words.uses} {variant.uses}
        </span>
        {children}
      </div>
      {variant.note && <p className="muted">{variant.note}</p>}
      <details>
        <summary>{words.text}</summary>
        <pre>{variant.system}</pre>
        <pre>{variant.template}</pre>
      </details>
      {active && active.id !== variant.id && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{words.differences}</summary>
          {open && <Differences from={active.id} to={variant.id} />}
        </details>
      )}
    </li>
  )
}

function Tests({ prompt }: { prompt: Found }) {
  const { language, messages } = useLanguage()
  const words = messages.prompts
  const probability = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 })
  return (
    <section aria-labelledby="tests">
      <h2 id="tests">{words.tests}</h2>
      {prompt.tests.edges.length === 0 && <p className="muted">{words.noTests}</p>}
      <ul className="plugins">
        {prompt.tests.edges.map(({ node }) => (
          <li key={node.id} className="row">
            <strong>{node.name}</strong>
            <span className="badge">{words.testStatus[node.status] ?? node.status}</span>
            {node.control && node.treatment && (
              <span>{words.against(node.control.version, node.treatment.version)}</span>
            )}
            <span className="muted">
              {words.executions((node.controlMetrics?.executions ?? 0) + (node.treatmentMetrics?.executions ?? 0))}
            </span>
            {typeof node.pValue === 'number' && <span>{words.pValue(probability.format(node.pValue))}</span>}
            {node.winner && <span>{words.winner(node.winner.version)}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
