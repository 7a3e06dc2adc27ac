import { graphql } from '../graphql/index.ts'

export const OverviewDocument = graphql(`
  query PageOverview($id: ID!, $days: Int!, $traffic: Boolean!) {
    node(id: $id) {
      ... on Page {
        id
        title
        slug
        language
        status
        url
        version
        publishedAt
        lastPublishedBy
        lastSavedBy
        updatedAt
        experiment { id name status }
        traffic(days: $days) @include(if: $traffic) {
          from
          total { visitors conversions conversionRate }
          previous { visitors conversions conversionRate }
          days { at visitors conversions }
        }
        variants {
          id
          key
          status
          content
          hasUnpublishedChanges
          performanceScore
          updatedAt
          createdByType
          createdByName
          parent { id key }
        }
      }
    }
  }
`)

export const RolloutDocument = graphql(`
  query PageRollout($pageId: ID!) {
    pageRollout(pageId: $pageId) {
      id
      variantKey
      status
      pace
      share
      steps
      step
      nextStepAt
      reason
      startedAt
      guardrail {
        light
        reason
        candidate { exposures conversions sessions bounces vitals { vital p75 samples } }
        baseline { exposures conversions sessions bounces vitals { vital p75 samples } }
      }
    }
  }
`)

export const AdvanceRollout = graphql(`
  mutation AdvanceRollout($id: ID!) {
    advanceRollout(id: $id) {
      ... on AdvanceRolloutSuccess { data { id status share step nextStepAt } }
      ... on Error { code message }
    }
  }
`)

export const RollBackRollout = graphql(`
  mutation RollBackRollout($id: ID!) {
    rollBackRollout(id: $id) {
      ... on RollBackRolloutSuccess { data { id status share reason } }
      ... on Error { code message }
    }
  }
`)

export const UpdatePage = graphql(`
  mutation UpdatePage($id: ID!, $input: UpdatePageInput!, $expectedVersion: Int) {
    updatePage(id: $id, input: $input, expectedVersion: $expectedVersion) {
      ... on UpdatePageSuccess { data { id title slug language url version experiment { id name status } } }
      ... on Error { code message }
      ... on ConflictError { saved { by at version } }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

export const ReportsDocument = graphql(`
  query AccessibilityReports($pageId: ID!) {
    accessibilityReports(pageId: $pageId, first: 1) {
      nodes {
        id
        status
        progress
        score
        failure
        variantKey
        createdAt
        finishedAt
        issues { rule impact help helpUrl criteria count elements { selector html mend } }
      }
    }
  }
`)

export const CheckAccessibility = graphql(`
  mutation CheckAccessibility($pageId: ID!) {
    checkAccessibility(pageId: $pageId) {
      ... on CheckAccessibilitySuccess { data { id status progress } }
      ... on Error { code message }
    }
  }
`)
