import * as v from 'valibot'

/**
 * What a list keeps in the address of its page: `search: listSearch`, and where the page keeps more,
 * `search: v.object({ ...listSearch.entries, tab: … })`. All of it is optional; what is malformed counts as absent.
 */
export const listSearch = v.object({
  q: v.fallback(v.optional(v.string()), undefined),
  sort: v.fallback(v.optional(v.string()), undefined),
  filter: v.fallback(v.optional(v.record(v.string(), v.array(v.string()))), undefined),
  view: v.fallback(v.optional(v.string()), undefined),
})
