import { graphql } from '../../graphql/index.ts'

export const LimitsDocument = graphql(`
  query Limits {
    limits {
      key
      plugin
      title
      about
      of
      known
      most
      used
      unit
      per
      origin
      originName
    }
    plugins {
      name
      title
    }
  }
`)
