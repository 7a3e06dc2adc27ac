/** Of a page as its visitors get it. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  // Each visitor gets a variant of their own: nothing in between may keep it.
  'cache-control': 'private, no-cache',
  vary: 'cookie',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' https: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
}

/** Of what is for whoever has its address, and nobody else: previews, and variants that are tried out. */
export const unlisted = {
  'cache-control': 'private, no-store',
  'x-robots-tag': 'noindex, nofollow, noarchive',
  // The address may be the key: it is not for the sites that the page links to.
  'referrer-policy': 'no-referrer',
}
