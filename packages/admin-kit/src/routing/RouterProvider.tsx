import { type ReactNode, useEffect, useState, useTransition } from 'react'
import { PlaceContext, type Router, RouterContext } from './router.ts'
import { useScroll } from './useScroll.ts'

/** For how long the last page stays while the next one is loaded, in milliseconds: a skeleton would only flash. */
const patience = 200

/** Shows the place that the address stands for, and follows it. */
export function RouterProvider({ router, children }: { router: Router; children: ReactNode }) {
  const [place, setPlace] = useState(router.place)
  const [loading, startTransition] = useTransition()
  useEffect(() => {
    const follow = () => {
      const next = router.place()
      // State in the address is typed into fields, and cannot wait; another page may have to be loaded first.
      if (next.page === place.page) setPlace(next)
      else startTransition(() => setPlace(next))
    }
    if (router.place().key !== place.key) follow()
    return router.history.subscribe(follow)
  }, [router, place])
  useEffect(() => {
    if (!loading) return
    const timer = setTimeout(() => setPlace(router.place()), patience)
    return () => clearTimeout(timer)
  }, [loading, router])
  useScroll(router.history, place)
  return (
    <RouterContext value={router}>
      <PlaceContext value={place}>{children}</PlaceContext>
    </RouterContext>
  )
}
