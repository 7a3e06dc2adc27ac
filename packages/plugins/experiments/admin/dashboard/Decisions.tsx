import { Decision, DecisionsOf, plainId, target, useMessages, useQuery } from '@espalier/admin-kit'
import { CircleSlash, Scale, ShieldAlert, Trophy } from 'lucide-react'
import { experimentPage } from '../pages.ts'
import { messages } from './messages.ts'
import { RunningDocument } from './runningDocument.ts'

/** Experiments that run on although their results already say what to do, and those that cannot be trusted. */
export default function Decisions() {
  const m = useMessages(messages)
  const query = useQuery(RunningDocument, {})
  return (
    <DecisionsOf of={query}>
      {({ experiments: { nodes } }) =>
        nodes.map(({ id, name, verdict, variants }) => {
          if (!verdict || verdict.state === 'COLLECTING') return null
          const variant = variants.find(({ key }) => key === verdict.variant)?.name ?? verdict.variant ?? ''
          const shown = {
            WINNER: { icon: Trophy, title: m.choose(variant, name), tab: 'results' as const },
            LOSER: { icon: Scale, title: m.keepIt(variant, name), tab: 'results' as const },
            UNHEALTHY: { icon: ShieldAlert, title: m.trouble(name), tab: 'health' as const },
            INCONCLUSIVE: { icon: CircleSlash, title: m.undecided(name), tab: 'results' as const },
          }[verdict.state]
          return (
            <Decision
              key={id}
              icon={shown.icon}
              title={shown.title}
              detail={verdict.reason}
              urgent={verdict.state === 'UNHEALTHY'}
              to={target(experimentPage, { params: { id: plainId(id) }, search: { tab: shown.tab } })}
              {...(verdict.reachedAt ? { since: verdict.reachedAt } : {})}
            />
          )
        })
      }
    </DecisionsOf>
  )
}
