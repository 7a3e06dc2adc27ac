/** Where the cache keeps its texts. A store that cannot answer rejects; the cache then computes. */
export interface Store {
  readonly ready: Promise<void>
  read(keys: readonly string[]): Promise<(string | undefined)[]>
  /** Writes, unless the key no longer holds the text that was read (undefined: nothing). Compared by the first {@link stampLength} characters. */
  replace(key: string, read: string | undefined, text: string, ttlMilliseconds: number): Promise<void>
  write(key: string, text: string, ttlMilliseconds: number): Promise<void>
  /** Never rejects: what cannot be removed now is removed before anything is read again. */
  remove(keys: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Every text starts with a UUID of its own, so that two texts differ when their first characters do. */
export const stampLength = 36
