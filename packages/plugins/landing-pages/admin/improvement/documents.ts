import { graphql } from '../graphql/index.ts'

/** Says that something of any loop has changed: for lists of pages and of steps. */
export const LoopChangesDocument = graphql(`
  subscription LoopChanges {
    changes(types: ["PageLoop", "PageLoopStep", "PageLoopRun"]) {
      everything
    }
  }
`)

export const ImprovingPagesDocument = graphql(`
  query ImprovingPages(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $filter: PageFilter
    $orderBy: PageOrder
    $count: Boolean = false
  ) {
    pages(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
        title
        status
        updatedAt
        loopWaiting
        loopCostMicros
        loop {
          mode
          problem
          nextAnalysisAt
          nextGenerationAt
          earned {
            lift
            liftLower
            liftUpper
          }
          record {
            variantKey
            rate
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
        startCursor
      }
      totalCount @include(if: $count)
    }
  }
`)

/** Everything that a page's improvement shows, but what is further back. */
export const PageImprovementDocument = graphql(`
  query PageImprovement($id: ID!) {
    node(id: $id) {
      ... on Page {
        id
        title
        url
        status
        loopGoals
        loopWaiting
        loopCostMicros
        loop {
          mode
          goal
          generator
          generatorSummary
          limits
          version
          problem
          nextAnalysisAt
          nextGenerationAt
          experiment {
            id
          }
          earned {
            conversions
            lower
            upper
            lift
            liftLower
            liftUpper
          }
          record {
            variantKey
            rate
            lower
            upper
            at
          }
        }
        latest: loopRuns(first: 1) {
          nodes {
            id
            kind
            status
            step
            failure
            createdAt
          }
        }
        measured: loopRuns(first: 1, filter: { kind: [ANALYSIS], status: [DONE, APPROVAL] }) {
          nodes {
            id
            createdAt
            analyses(first: 100) {
              nodes {
                id
                variantKey
                visitors
                conversions
                conversionRate
                rateLower
                rateUpper
                engagementScore
                bounceRate
                confidence
                score
                share
              }
            }
            patterns(first: 100, orderBy: { field: EFFECT, direction: DESC }) {
              nodes {
                id
                label
                alsoLabeled
                effect
                lower
                upper
                visitors
                variants
                claimed
              }
            }
          }
        }
        course: analyses(first: 100) {
          nodes {
            id
            variantKey
            conversionRate
            rateLower
            rateUpper
            at
          }
        }
        waiting: loopSteps(first: 100, filter: { status: { equals: "waiting" } }) {
          nodes {
            ...LoopStep
          }
        }
      }
    }
    pageLoopRules
  }
`)

export const PageLoopChangedDocument = graphql(`
  subscription PageLoopChanged($id: ID!) {
    pageLoopUpdated(pageId: $id) {
      id
    }
  }
`)

graphql(`
  fragment LoopStep on PageLoopStep {
    id
    number
    kind
    status
    variantKey
    summary
    evidence
    canBeUndone
    actorName
    at
    undoneAt
    undoneByName
    featureLabels
    candidate {
      ...LoopCandidate
    }
  }
`)

graphql(`
  fragment LoopCandidate on PageCandidate {
    id
    status
    generator
    aiCallId
    rationale
    previewUrl
    originPreviewUrl
    createdAt
    decidedAt
    decidedByName
    parent {
      id
      key
    }
    variant {
      id
      key
    }
    reasons {
      code
      text
    }
  }
`)

/** Turns with what they did, the latest first. */
export const LoopTurnsDocument = graphql(`
  query LoopTurns($id: ID!, $first: Int!, $after: String, $kind: [PageLoopRunKind!]) {
    node(id: $id) {
      ... on Page {
        id
        loopRuns(first: $first, after: $after, filter: { kind: $kind }) {
          nodes {
            id
            kind
            status
            step
            failure
            occasion
            requestedByName
            costMicros
            createdAt
            startedAt
            finishedAt
            steps(first: 30, orderBy: { field: AT, direction: ASC }) {
              nodes {
                ...LoopStep
              }
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`)

export const LoopProposalsDocument = graphql(`
  query LoopProposals($id: ID!, $first: Int!, $after: String, $status: [PageCandidateStatus!]) {
    node(id: $id) {
      ... on Page {
        id
        candidates(first: $first, after: $after, filter: { status: $status }) {
          nodes {
            ...LoopCandidate
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`)

/** Steps of all pages that wait for somebody. */
export const WaitingStepsDocument = graphql(`
  query WaitingSteps($first: Int!) {
    pageLoopSteps(
      first: $first
      filter: { status: { equals: "waiting" } }
      orderBy: { field: AT, direction: ASC }
    ) {
      nodes {
        id
        kind
        status
        summary
        at
        candidate {
          id
          rationale
        }
        run {
          id
          page {
            id
            title
          }
        }
      }
      totalCount
    }
  }
`)

export const WaitingCountDocument = graphql(`
  query WaitingCount {
    pageLoopSteps(first: 1, filter: { status: { equals: "waiting" } }) {
      totalCount
    }
  }
`)

export const LatestStepsDocument = graphql(`
  query LatestSteps($first: Int!, $filter: PageLoopStepFilter) {
    pageLoopSteps(first: $first, filter: $filter) {
      nodes {
        id
        kind
        status
        variantKey
        summary
        at
        run {
          id
          page {
            id
            title
          }
        }
      }
    }
  }
`)

export const ImprovementPanelDocument = graphql(`
  query ImprovementOfPage($id: ID!) {
    node(id: $id) {
      ... on Page {
        id
        status
        loopWaiting
        loop {
          mode
          problem
          nextAnalysisAt
          nextGenerationAt
          earned {
            lift
            liftLower
            liftUpper
          }
        }
        loopSteps(first: 3) {
          nodes {
            id
            kind
            status
            summary
            at
          }
        }
      }
    }
  }
`)
