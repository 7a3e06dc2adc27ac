/**
 * Where the files of images are kept. Paths are of the form `images/<key>/<file>`, lower than 200 characters, and never
 * written twice with different bytes: what is there is right.
 */
export interface ImageStore {
  /** The bytes at a path, or undefined where there are none. */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Writes a whole file or nothing. */
  write(path: string, bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<void>
  /** Removes what is there; what is not, is not missed. */
  delete(paths: readonly string[]): Promise<void>
}
