/** A cache of what can be computed again, in memory or Redis. Values are JSON. Keys are scoped to the workspace. */
export interface Cache {
  /** The cached value, or what `make` gives: one call per key at a time, however many ask. */
  getOrSet<Value>(workspaceId: string, key: string, make: () => Promise<Value>, options: CacheOptions): Promise<Value>
  delete(workspaceId: string, key: string): Promise<void>
  /** Drops every entry of the workspace that carries one of the tags, in every process. */
  invalidate(workspaceId: string, ...tags: string[]): Promise<void>
}

/** How long a value is kept, and by which tags it is forgotten earlier. */
export interface CacheOptions {
  ttlSeconds: number
  tags?: string[]
}
