/** A square matrix, by rows. */
export type Matrix = number[][]

/** A symmetric positive definite matrix, taken apart so that equations with it are solved. */
export interface Factor {
  /** x with A x = b. */
  solve(right: readonly number[]): number[]
  /** ln det A. */
  readonly logDeterminant: number
}

/**
 * Cholesky's factor of a symmetric positive definite matrix. Golub, van Loan, "Matrix Computations", 4th ed., §4.2.
 *
 * @throws RangeError for one that is not positive definite
 */
export function factor(matrix: Readonly<Matrix>): Factor {
  const size = matrix.length
  const lower: Matrix = []
  let logDeterminant = 0
  for (let row = 0; row < size; row++) {
    const own: number[] = []
    lower.push(own)
    for (let column = 0; column <= row; column++) {
      const other = lower[column] as number[]
      let sum = (matrix[row] as number[])[column] as number
      for (let k = 0; k < column; k++) sum -= (own[k] as number) * (other[k] as number)
      if (column < row) own.push(sum / (other[column] as number))
      else if (sum > 0) {
        own.push(Math.sqrt(sum))
        logDeterminant += Math.log(sum)
      } else throw new RangeError(`The matrix is not positive definite: pivot ${row + 1} is ${sum}.`)
    }
  }
  return { solve: (right) => backward(lower, forward(lower, right)), logDeterminant }
}

/** The inverse, column by column. */
export function inverse(matrix: Readonly<Matrix>): Matrix {
  const { solve } = factor(matrix)
  return matrix.map((_, column) => solve(matrix.map((__, row) => (row === column ? 1 : 0))))
}

export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += (a[index] as number) * (b[index] as number)
  return sum
}

function forward(lower: Readonly<Matrix>, right: readonly number[]): number[] {
  const solution: number[] = []
  for (const [row, own] of lower.entries()) {
    let sum = right[row] as number
    for (let k = 0; k < row; k++) sum -= (own[k] as number) * (solution[k] as number)
    solution.push(sum / (own[row] as number))
  }
  return solution
}

function backward(lower: Readonly<Matrix>, right: readonly number[]): number[] {
  const solution = [...right]
  for (let row = lower.length - 1; row >= 0; row--) {
    let sum = solution[row] as number
    for (let k = row + 1; k < lower.length; k++)
      sum -= ((lower[k] as number[])[row] as number) * (solution[k] as number)
    solution[row] = sum / ((lower[row] as number[])[row] as number)
  }
  return solution
}
