import { type Problem, useQuery } from '@espalier/admin-kit'
import { useEffect, useRef } from 'react'
import type { DraftState } from '../editor/DraftKeeper.ts'
import type { PageQualityOfQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'

export const QualityDocument = graphql(`
  query PageQualityOf($pageId: ID!) {
    pageQuality(pageId: $pageId) {
      publishable
      findings { code severity message variantKey blockId }
      variants { variantKey bytes gzipBytes words readingSeconds }
    }
  }
`)

export type Finding = PageQualityOfQuery['pageQuality']['findings'][number]

export interface Quality {
  /** Of the variant that is open, and of the page as a whole. */
  readonly findings: readonly Finding[]
  readonly weight: PageQualityOfQuery['pageQuality']['variants'][number] | undefined
  readonly publishable: boolean | undefined
  readonly loading: boolean
  readonly error: Problem | undefined
  readonly again: () => void
}

/** What visitors would stumble over: looked at anew after everything that is saved. */
export function useQuality(pageId: string, variantKey: string, state: DraftState): Quality {
  const { data, loading, error, again } = useQuery(QualityDocument, { pageId }, { keep: true })
  const savedAt = state.kind === 'saved' ? state.at?.getTime() : undefined
  const latest = useRef(again)
  latest.current = again
  useEffect(() => {
    if (savedAt !== undefined) latest.current()
  }, [savedAt])
  const { findings = [], variants = [], publishable } = data?.pageQuality ?? {}
  return {
    findings: findings.filter((finding) => finding.variantKey === variantKey),
    weight: variants.find((one) => one.variantKey === variantKey),
    publishable,
    loading,
    error,
    again,
  }
}
