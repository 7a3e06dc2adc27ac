import { Decision, DecisionsOf, defineMessages, target, useMessages, useQuery } from '@espalier/admin-kit'
import { FlaskConical } from 'lucide-react'
import { graphql } from '../graphql/index.ts'
import { promptPage } from '../pages.ts'

const DecisionsDocument = graphql(`
  query PromptDecisions {
    promptTests(first: 20, filter: { status: [COMPLETED] }) {
      nodes {
        id
        name
        endedAt
        prompt {
          id
          name
        }
        winner {
          id
          version
          status
          language
        }
      }
    }
  }
`)

const messages = defineMessages({
  en: {
    won: (version: number, prompt: string) => `Version ${version} of ${prompt} won its test, and is not in use`,
  },
  fr: {
    won: (version: number, prompt: string) =>
      `La version ${version} de ${prompt} a gagné son test, et n’est pas en usage`,
  },
})

/** Winners of tests that wait for a person to use them. */
export default function Decisions() {
  const m = useMessages(messages)
  const query = useQuery(DecisionsDocument, {})
  return (
    <DecisionsOf of={query}>
      {({ promptTests }) =>
        promptTests.nodes.map(({ id, name, endedAt, prompt, winner }) =>
          winner?.status === 'DRAFT' ? (
            <Decision
              key={id}
              icon={FlaskConical}
              title={m.won(winner.version, prompt.name)}
              detail={name}
              {...(endedAt ? { since: endedAt } : {})}
              to={target(promptPage, {
                params: { name: prompt.name },
                search: { language: winner.language, version: winner.version },
              })}
            />
          ) : null,
        )
      }
    </DecisionsOf>
  )
}
