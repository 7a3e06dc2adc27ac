import { useEffect, useState } from 'react'
import { site } from './site.ts'

/**
 * The key of the visitor's variant in an experiment: undefined until it is known, null for whoever takes part in nothing.
 * Whoever uses it shows it, so that it counts as an exposure.
 *
 * @param user who this is: another user has another variant
 */
export function useVariant(experiment: string, user?: string): string | null | undefined {
  const [variant, setVariant] = useState<string | null>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the user is asked for again by the site
  useEffect(() => {
    let current = true
    site.variant(experiment).then((found) => {
      if (current) setVariant(found)
    })
    return () => {
      current = false
    }
  }, [experiment, user])
  return variant
}
