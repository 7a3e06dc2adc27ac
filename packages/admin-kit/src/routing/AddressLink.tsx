import { type ComponentPropsWithoutRef, type MouseEvent, useCallback } from 'react'
import { staysInTab } from './navigation.tsx'
import { useRouter } from './router.ts'

/**
 * A link to an address below /admin that the server wrote, such as "/alerts/0193…" in a notification. `Link` where the
 * page is known. What leads elsewhere opens as links do.
 */
export function AddressLink({
  address,
  onClick,
  ...rest
}: { address: string } & Omit<ComponentPropsWithoutRef<'a'>, 'href'>) {
  const { base } = useRouter()
  const goTo = useGoToAddress()
  const path = below(base, address)
  const press = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (!staysInTab(event) || !path) return
    event.preventDefault()
    goTo(address)
  }
  return <a {...rest} href={path ? `${base}${path}` : address} onClick={press} />
}

/** Goes to an address below /admin that the server wrote. */
export function useGoToAddress(): (address: string) => void {
  const { history, base } = useRouter()
  return useCallback(
    (address) => {
      const path = below(base, address)
      if (path) history.push(`${base}${path}`)
      else location.assign(address)
    },
    [history, base],
  )
}

/** "https://…/admin/alerts/1" and "/alerts/1" are "/alerts/1"; undefined for what is not the app's. */
function below(base: string, address: string): string | undefined {
  const { origin, pathname, search } = new URL(address, location.origin)
  if (pathname.startsWith(`${base}/`)) return pathname.slice(base.length) + search
  return address.startsWith('/') && origin === location.origin ? pathname + search : undefined
}
