import { type ComponentType, createElement, lazy, useEffect } from 'react'

/**
 * A component that is loaded when it is first shown. What cannot be loaded, without a connection for one, is loaded the next
 * time that it is shown: `lazy` alone would break the page, and remember that for good.
 *
 * @param Instead what is shown where it could not be loaded, with the same properties. Default: nothing
 */
export function loadedLater<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  Instead: ComponentType<Props> = nothing,
): ComponentType<Props> {
  let failed = false
  const attempt = () =>
    load().catch(() => {
      failed = true
      return { default: Instead }
    })
  let latest: ComponentType<Props> = lazy(attempt)
  return (props) => {
    // Not at once: what replaced it here would be loaded again, fail again, and so on.
    useEffect(
      () => () => {
        if (!failed) return
        failed = false
        latest = lazy(attempt)
      },
      [],
    )
    return createElement(latest, props)
  }
}

const nothing = () => null
