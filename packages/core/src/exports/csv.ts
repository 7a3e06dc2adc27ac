import { stringify } from 'csv-stringify/sync'

/** What stands between cells: spreadsheets take a comma in English, a semicolon in most of Europe. */
export type Delimiter = ',' | ';'

/** What can stand in a cell of a file. Null is an empty one. */
export type Cell = string | number | boolean | Date | null

/** UTF-8 by its first bytes: without them Excel reads accents as something else. */
export const byteOrderMark = '\u{FEFF}'

/** Lines of CSV as RFC 4180 has them, with CRLF; cells hold no formula. */
export function csvLines(rows: readonly (readonly Cell[])[], delimiter: Delimiter): string {
  return stringify(
    rows.map((cells) => cells.map(written)),
    // By itself it quotes a whole CRLF alone, and a single LF parts lines for most readers.
    { delimiter, record_delimiter: 'windows', quoted_match: /[\r\n]/ },
  )
}

function written(cell: Cell): string {
  if (cell === null) return ''
  if (cell instanceof Date) return cell.toISOString()
  // A negative number is no formula.
  return typeof cell === 'string' ? withoutFormulas(cell) : String(cell)
}

/**
 * Text that no spreadsheet takes for a formula: an apostrophe goes before what could begin one. Also within a cell, after
 * whatever may part cells: a spreadsheet that expects another delimiter than ours begins a cell there.
 * After https://owasp.org/www-community/attacks/CSV_Injection.
 */
function withoutFormulas(text: string): string {
  return text.replace(/^[\t\r\n]|(?<=^|[;,\t\r\n])[=+\-@＝＋－＠]/g, "'$&")
}
