import type { ApiExample } from '@espalier/core'

/** What an integration asks of tracking, to open in GraphiQL. */
export const examples: readonly ApiExample[] = [
  {
    title: { en: 'Visitors and conversions, by channel', fr: 'Visiteurs et conversions, par canal' },
    document: `# Since the first event. With from and until it is about that time, and previous about the one before.
query Traffic {
  metrics {
    visitors
    conversions
    bounceRate
    revenue { amountMinor currency }
    split(by: CHANNEL, first: 5) { value visitors conversions }
  }
}`,
  },
  {
    title: { en: 'Pageviews day by day', fr: 'Pages vues, jour par jour' },
    document: `query PageviewsByDay($timeZone: String!) {
  metrics {
    series(granularity: DAY, timeZone: $timeZone) { at pageviews visitors }
  }
}`,
    variables: { timeZone: 'Europe/Paris' },
  },
  {
    title: { en: 'Sites, and the script to put on them', fr: 'Sites, et le script à y mettre' },
    document: `query Sites {
  trackingSites(first: 10) { nodes { id name key script } }
}`,
  },
  {
    title: { en: 'The latest events', fr: 'Les derniers événements' },
    document: `query LatestEvents($count: Int!) {
  trackingEvents(first: $count) {
    nodes { at name path goal channel device properties }
    pageInfo { hasNextPage endCursor }
  }
}`,
    variables: { count: 20 },
  },
  {
    title: { en: 'Who is there now, live', fr: 'Qui est là maintenant, en direct' },
    document: `subscription RightNow {
  liveMetrics { visitors eventsPerSecond paths { key visitors } }
}`,
  },
]
