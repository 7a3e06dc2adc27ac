import { graphql } from '../graphql/index.ts'

export const ReportSubscriptionDocument = graphql(`
  query ReportSubscription {
    reportSubscription {
      daily
      at
      timeZone
    }
  }
`)

export const SubscribeDocument = graphql(`
  mutation SetReportSubscription($input: ReportSubscriptionInput!) {
    setReportSubscription(input: $input) {
      ... on SetReportSubscriptionSuccess {
        data {
          daily
          at
          timeZone
        }
      }
      ... on Error {
        code
        message
      }
      ... on InvalidInputError {
        issues {
          path
          message
        }
      }
    }
  }
`)

export const SendReportDocument = graphql(`
  mutation SendDailyReport {
    sendDailyReport {
      ... on SendDailyReportSuccess {
        data
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const ReportDocument = graphql(`
  query DailyReport {
    dailyReport {
      day
      empty
      chart {
        label
        value
      }
      sections {
        name
        heading
        items {
          text
          link
        }
      }
    }
  }
`)

export const PastReportsDocument = graphql(`
  query PastReports {
    dailyReports(first: 14) {
      nodes {
        id
        day
        createdAt
        content {
          empty
          sections {
            name
            heading
            items {
              text
              link
            }
          }
        }
      }
    }
  }
`)
