import {
  Badge,
  CopyField,
  DescriptionList,
  Link,
  plainId,
  Section,
  ShareBar,
  Stack,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { ConditionInWords } from '../condition/ConditionField.tsx'
import { messages as shared } from '../messages.ts'
import { experimentPage, metricPage } from '../pages.ts'
import type { ShownExperiment } from './Experiment.tsx'
import { messages } from './setup.messages.ts'
import { colorOf } from './variantColor.ts'

/** How it is made: what it asks, who takes part, what a verdict takes. */
export function Setup({ experiment }: { experiment: ShownExperiment }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const format = useFormat()
  const { rules, bandit, variants, activeHours, namespace, holdout } = experiment
  const live = variants.filter(({ retiredAt }) => !retiredAt)
  const metrics = (list: ShownExperiment['goals']) =>
    list.length === 0 ? undefined : (
      <ul className="x-plain">
        {list.map(({ id, name }) => (
          <li key={id}>
            <Link to={metricPage} params={{ id: plainId(id) }}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    )
  return (
    <Stack gap={6}>
      <Section title={m.asks}>
        <DescriptionList
          items={[
            [m.hypothesis, experiment.hypothesis || m.noHypothesis],
            [m.kind, words.kind[experiment.kind]],
            [words.role.GOAL, metrics(experiment.goals)],
            [words.role.SECONDARY, metrics(experiment.secondaryMetrics)],
            [words.role.GUARDRAIL, metrics(experiment.guardrails)],
          ]}
        />
        <CopyField label={m.key} value={experiment.key} />
      </Section>
      <Section title={m.variants} lead={m.variantsLead}>
        <ShareBar
          label={m.variants}
          formatValue={() => ''}
          parts={live.map(({ id, key, name, weight }) => ({
            id,
            label: name,
            value: weight,
            color: colorOf(variants, key),
          }))}
        />
        <ul className="x-plain">
          {variants.map(({ id, key, name, value, retiredAt }) => (
            <li key={id}>
              <strong>{name}</strong> <code>{key}</code>{' '}
              {value != null && <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>}{' '}
              {retiredAt && <Badge>{m.retiredOn(format.date(retiredAt))}</Badge>}
            </li>
          ))}
        </ul>
      </Section>
      <Section title={m.who}>
        <DescriptionList
          items={[
            [m.coverage, format.percent(experiment.coverage, 0)],
            [m.condition, <ConditionInWords key="condition" value={experiment.condition} />],
            activeHours != null && [
              m.hours,
              m.hoursAre(
                activeHours.from,
                activeHours.to,
                activeHours.timeZone,
                weekdaysIn(format.locale, activeHours.weekdays),
              ),
            ],
            namespace != null && [
              m.namespace,
              m.namespaceIs(namespace.name, format.percent(namespace.from, 0), format.percent(namespace.to, 0)),
            ],
            holdout != null && [
              m.holdout,
              <Link key="holdout" to={experimentPage} params={{ id: plainId(holdout.id) }}>
                {holdout.name}
              </Link>,
            ],
            [m.sticky, experiment.sticky ? m.yes : m.no],
            [m.inBrowsers, experiment.inBrowsers ? m.yes : m.no],
            experiment.forced.length > 0 && [
              m.forced,
              <ul key="forced" className="x-plain">
                {experiment.forced.map(({ subject, variant }) => (
                  <li key={subject}>
                    <code>{subject}</code> → {variants.find(({ key }) => key === variant)?.name ?? variant}
                  </li>
                ))}
              </ul>,
            ],
          ]}
        />
      </Section>
      <Section title={m.when}>
        <DescriptionList
          items={[
            [m.startsAt, experiment.startsAt ? format.dateTime(experiment.startsAt) : m.byHand],
            [m.stopsAt, experiment.stopsAt ? format.dateTime(experiment.stopsAt) : m.byHand],
          ]}
        />
      </Section>
      <Section title={m.rules} lead={m.rulesLead}>
        <DescriptionList
          items={[
            [m.confidence, format.percent(rules.confidence, 1)],
            [m.minExposures, format.number(rules.minExposures)],
            [m.minConversions, format.number(rules.minConversions)],
            [m.minClicks, format.number(rules.minClicks)],
            [m.days, m.daysAre(format.number(rules.minDays), format.number(rules.maxDays))],
            [m.planned, rules.plannedSubjects == null ? m.notPlanned : format.number(rules.plannedSubjects)],
            rules.maxExpectedLoss != null && [m.maxLoss, format.number(rules.maxExpectedLoss, 4)],
            [m.correction, m.corrections[rules.correction]],
            [m.cuped, rules.cupedDays === 0 ? m.no : m.cupedAre(format.number(rules.cupedDays))],
            [m.autoApply, rules.autoApply ? m.yes : m.no],
            bandit != null && [
              m.bandit,
              m.banditIs(
                format.number(bandit.cadenceHours),
                format.number(bandit.minSubjects),
                format.percent(bandit.maxStep, 0),
                format.percent(bandit.floor, 0),
              ),
            ],
          ]}
        />
      </Section>
    </Stack>
  )
}

/** ISO weekdays in words. Undefined: all of them. */
function weekdaysIn(locale: string, weekdays: readonly number[] | null | undefined): string | undefined {
  if (!weekdays) return undefined
  const format = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  // The 5th of January 1970 was a Monday.
  const names = weekdays.toSorted((a, b) => a - b).map((day) => format.format(Date.UTC(1970, 0, 4 + day)))
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names)
}
