import { graphql } from '../graphql/index.ts'

export const MailDaysDocument = graphql(`
  query MailDays($from: DateTime!, $until: DateTime!, $timeZone: String!) {
    mailDays(from: $from, until: $until, timeZone: $timeZone) {
      day
      sent
      delivered
      opened
      clicked
      bounced
      complained
      suppressed
      failed
      costMicros
    }
  }
`)
