import { graphql } from './graphql/index.ts'

/** The figures of a span with their course, and those of the one before. */
export const TotalsDocument = graphql(`
  query TrafficTotals(
    $from: DateTime!
    $to: DateTime!
    $comparedFrom: DateTime!
    $comparedTo: DateTime!
    $compares: Boolean!
    $granularity: MetricsGranularity!
    $timeZone: String!
    $siteId: ID
  ) {
    metrics(from: $from, until: $to, siteId: $siteId) {
      visitors
      visitorsError
      pageviews
      sessions
      conversions
      bounceRate
      engagementSeconds
      series(granularity: $granularity, timeZone: $timeZone) {
        at
        visitors
        pageviews
        sessions
        conversions
        bounceRate
        engagementSeconds
      }
    }
    before: metrics(from: $comparedFrom, until: $comparedTo, siteId: $siteId) @include(if: $compares) {
      visitors
      visitorsError
      pageviews
      sessions
      conversions
      bounceRate
      engagementSeconds
      series(granularity: $granularity, timeZone: $timeZone) {
        at
        visitors
        pageviews
        sessions
        conversions
        bounceRate
        engagementSeconds
      }
    }
  }
`)

/** The figures of a span that is not over, as they move. */
export const TotalsUpdatedDocument = graphql(`
  subscription TrafficTotalsUpdated($from: DateTime!, $siteId: ID) {
    metricsUpdated(from: $from, siteId: $siteId) {
      visitors
      visitorsError
      pageviews
      sessions
      conversions
      bounceRate
      engagementSeconds
    }
  }
`)

export const NowDocument = graphql(`
  subscription TrafficNow($siteId: ID) {
    liveMetrics(siteId: $siteId) {
      visitors
      eventsPerSecond
      conversions
      paths {
        key
        visitors
      }
    }
  }
`)

/** The largest values of a dimension. */
export const SplitDocument = graphql(`
  query TrafficSplit(
    $from: DateTime!
    $to: DateTime!
    $comparedFrom: DateTime!
    $comparedTo: DateTime!
    $compares: Boolean!
    $siteId: ID
    $by: MetricsDimension!
    $first: Int!
  ) {
    metrics(from: $from, until: $to, siteId: $siteId) {
      visitors
      sessions
      split(by: $by, first: $first) {
        value
        visitors
        pageviews
        sessions
        conversions
        bounceRate
        engagementSeconds
      }
    }
    before: metrics(from: $comparedFrom, until: $comparedTo, siteId: $siteId) @include(if: $compares) {
      split(by: $by, first: $first) {
        value
        visitors
        sessions
      }
    }
  }
`)
