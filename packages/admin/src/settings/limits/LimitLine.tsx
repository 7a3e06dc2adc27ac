import { Button, Meter, useMessages, useViewer } from '@espalier/admin-kit'
import { closeAt, isClose, type Limit, shareOf, useAmount } from './limitWords.ts'
import { messages } from './messages.ts'

/** One limit: what it is about, how far it is used, whose number it is and the way to change it. */
export function LimitLine({ limit, onChange }: { limit: Limit; onChange: (limit: Limit) => void }) {
  const m = useMessages(messages)
  const { may } = useViewer()
  const title = limit.of ? `${limit.title}: ${limit.of}` : limit.title
  return (
    <li className="settings-limit">
      <div>
        <div className="settings-limit-title">
          {limit.title} {limit.of && <code>{limit.of}</code>}
        </div>
        <div className="e-hint">{limit.about}</div>
      </div>
      <div className="settings-limit-amount">
        <Amount limit={limit} title={title} />
        <div className="e-hint">
          <Origin limit={limit} />
        </div>
      </div>
      <div>
        {limit.origin === 'SETTING' && may('settings:write') && (
          <Button size="small" aria-label={m.changeLabel(title)} onPress={() => onChange(limit)}>
            {m.change}
          </Button>
        )}
      </div>
    </li>
  )
}

function Amount({ limit, title }: { limit: Limit; title: string }) {
  const m = useMessages(messages)
  const write = useAmount()
  const { known, most, used, per } = limit
  if (!known) return <span className="e-muted">{m.unknown}</span>
  const unending = limit.unit === 'DAYS' ? m.forEver : m.none
  const period = per ? ` ${m.per[per]}` : ''
  const share = shareOf(limit)
  if (most !== null && used !== null && share !== undefined) {
    const inWords = `${m.of(write(used, limit), write(most, limit))}${period}`
    return (
      <>
        <div aria-hidden>{inWords}</div>
        <Meter
          label={title}
          labelHidden
          value={used}
          max={most === 0 ? 1 : most}
          valueLabel={inWords}
          tone={share >= 1 ? 'critical' : isClose(limit) ? 'warning' : 'positive'}
          marks={[closeAt]}
        />
      </>
    )
  }
  const end = most === null ? unending : `${write(most, limit)}${period}`
  return (
    <span>
      {used !== null && `${m.usedOnly(write(used, limit))}${period}, `}
      {end}
    </span>
  )
}

function Origin({ limit: { origin, originName, most } }: { limit: Limit }) {
  const m = useMessages(messages)
  if (origin === 'FIXED' && most === null) return null
  if (origin === 'ENVIRONMENT')
    return (
      <>
        {m.environment} <code>{originName}</code>
      </>
    )
  return { FIXED: m.fixed, SERVICE: m.service, SETTING: m.setting }[origin]
}
