import { Failure } from '../../Failure.tsx'
import { graphql } from '../../graphql/index.ts'
import { useLanguage } from '../../language.tsx'
import { useAnswer } from '../../useApi.ts'

const DiffDocument = graphql(`
  query PromptDifferences($from: ID!, $to: ID!) {
    promptDiff(from: $from, to: $to) {
      texts {
        part
        hunks {
          fromLine
          lines {
            kind
            text
          }
        }
      }
      parameters {
        name
        from
        to
      }
    }
  }
`)

/** What was added and what was taken away: marked by element and sign, not by color alone. */
export function Differences({ from, to }: { from: string; to: string }) {
  const { messages } = useLanguage()
  const { answer, again } = useAnswer(DiffDocument, { from, to })
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />
  const { texts, parameters } = answer.result.promptDiff
  const hunks = texts.flatMap(({ part, hunks }) => hunks.map((hunk) => ({ part, ...hunk })))
  if (hunks.length === 0 && parameters.length === 0) return <p className="muted">{messages.prompts.same}</p>
  return (
    <>
      {hunks.map(({ part, fromLine, lines }) => (
        <pre key={`${part} ${fromLine}`} className="diff">
          {lines.map(({ kind, text }, index) => {
            const key = `${index} ${text}`
            if (kind === 'ADDED') return <ins key={key}>+ {text}</ins>
            if (kind === 'REMOVED') return <del key={key}>− {text}</del>
            return <span key={key}> {text}</span>
          })}
        </pre>
      ))}
      {parameters.map(({ name, from, to }) => (
        <p key={name}>
          {name}: <del>{from ?? '–'}</del> <ins>{to ?? '–'}</ins>
        </p>
      ))}
    </>
  )
}
