import { graphql } from '../../graphql/index.ts'

export const PagesDocument = graphql(`
  query ImprovingPages($after: String) {
    pages(first: 50, after: $after) {
      edges {
        node {
          id
          title
          status
          loop {
            mode
            problem
            earned {
              lift
              liftLower
              liftUpper
            }
          }
          waiting: loopSteps(first: 100, filter: { status: { equals: "waiting" } }) {
            edges {
              node {
                id
              }
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

/** What moves, at once and again whenever the page's loop did something. */
export const PageDocument = graphql(`
  subscription ImprovingPage($id: ID!) {
    pageLoopChanged(pageId: $id) {
      id
      title
      url
      status
      loop {
        mode
        generator
        generatorSummary
        goal
        problem
        nextAnalysisAt
        nextGenerationAt
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
        }
      }
      loopRuns(first: 1) {
        edges {
          node {
            id
            kind
            status
            step
            failure
          }
        }
      }
      measured: loopRuns(first: 1, filter: { kind: [ANALYSIS], status: [DONE, APPROVAL] }) {
        edges {
          node {
            analyses(first: 100) {
              edges {
                node {
                  id
                  variantKey
                  visitors
                  conversionRate
                  rateLower
                  rateUpper
                  bounceRate
                  confidence
                  score
                  share
                }
              }
            }
            patterns(first: 100, orderBy: { field: EFFECT, direction: DESC }) {
              edges {
                node {
                  id
                  label
                  alsoLabeled
                  effect
                  lower
                  upper
                  claimed
                }
              }
            }
          }
        }
      }
      course: analyses(first: 100) {
        edges {
          node {
            variantKey
            conversionRate
          }
        }
      }
      waiting: loopSteps(first: 100, filter: { status: { equals: "waiting" } }) {
        edges {
          node {
            ...LoopStep
            candidate {
              rationale
              previewUrl
              parent {
                key
              }
            }
          }
        }
      }
      loopSteps(first: 30) {
        edges {
          node {
            ...LoopStep
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
      candidates(first: 20) {
        edges {
          node {
            ...Candidate
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`)

graphql(`
  fragment LoopStep on PageLoopStep {
    id
    kind
    status
    summary
    evidence
    canBeUndone
    actorName
    at
    undoneByName
  }
`)

graphql(`
  fragment Candidate on PageCandidate {
    id
    status
    generator
    rationale
    previewUrl
    createdAt
    parent {
      key
    }
    variant {
      key
    }
    reasons {
      text
    }
  }
`)

/** What it did before what {@link PageDocument} shows. */
export const OlderStepsDocument = graphql(`
  query OlderLoopSteps($id: ID!, $after: String) {
    node(id: $id) {
      ... on Page {
        loopSteps(first: 30, after: $after) {
          edges {
            node {
              ...LoopStep
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

export const OlderCandidatesDocument = graphql(`
  query OlderCandidates($id: ID!, $after: String) {
    node(id: $id) {
      ... on Page {
        candidates(first: 20, after: $after) {
          edges {
            node {
              ...Candidate
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

export const ModeDocument = graphql(`
  mutation SetPageImprovement($pageId: ID!, $mode: PageLoopMode!) {
    setPageImprovement(pageId: $pageId, mode: $mode) {
      ... on Error {
        message
      }
    }
  }
`)

export const ImproveDocument = graphql(`
  mutation ImprovePageNow($pageId: ID!, $kind: PageLoopRunKind!) {
    improvePageNow(pageId: $pageId, kind: $kind) {
      ... on Error {
        message
      }
    }
  }
`)

export const StopDocument = graphql(`
  mutation StopLoopRun($id: ID!) {
    stopLoopRun(id: $id) {
      ... on Error {
        message
      }
    }
  }
`)

export const ApproveDocument = graphql(`
  mutation ApproveLoopStep($id: ID!) {
    approveLoopStep(id: $id) {
      ... on Error {
        message
      }
    }
  }
`)

export const RejectDocument = graphql(`
  mutation RejectLoopStep($id: ID!) {
    rejectLoopStep(id: $id) {
      ... on Error {
        message
      }
    }
  }
`)

export const UndoDocument = graphql(`
  mutation UndoLoopStep($id: ID!) {
    undoLoopStep(id: $id) {
      ... on Error {
        message
      }
    }
  }
`)
