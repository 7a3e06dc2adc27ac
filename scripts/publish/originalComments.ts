import { existsSync, readFileSync } from 'node:fs'

/**
 * Finds doc comments as they were written. The model of API Extractor keeps them in its own words, without the indentation of
 * examples.
 */
export class OriginalComments {
  readonly #files = new Map<string, ReadonlyMap<string, string>>()

  /**
   * @param file the declarations that the comment is in, absolute
   * @param comment as the model has it
   * @returns as the file has it, or as given where it is not found
   */
  find(file: string, comment: string): string {
    let comments = this.#files.get(file)
    if (!comments) {
      const found = existsSync(file) ? (readFileSync(file, 'utf8').match(/\/\*\*[\s\S]*?\*\//g) ?? []) : []
      comments = new Map(found.map((each) => [letters(each), each]))
      this.#files.set(file, comments)
    }
    return comments.get(letters(comment)) ?? comment
  }
}

function letters(comment: string): string {
  return comment.replace(/[\s*\\/]/g, '')
}
