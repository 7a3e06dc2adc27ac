import { type NextRequest, NextResponse } from 'next/server'

/**
 * Knows visitors again by a cookie of this site, so that the server can decide for them before it renders. Where the law of
 * your visitors asks for consent first, set it only after they gave it: without it, pages show the control.
 */
export function proxy(request: NextRequest) {
  const known = request.cookies.get('visitor')?.value
  if (known) return NextResponse.next()
  const visitor = crypto.randomUUID()
  // For the page of this request as well as for the browser.
  request.cookies.set('visitor', visitor)
  const response = NextResponse.next({ request: { headers: request.headers } })
  response.cookies.set('visitor', visitor, { maxAge: 395 * 24 * 3600, sameSite: 'lax', httpOnly: true, path: '/' })
  return response
}

export const config = { matcher: '/' }
