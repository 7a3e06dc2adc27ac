import { describe, expect, test } from 'vitest'
import { metaRegression } from '../../src/loop/brain/metaRegression.ts'

/** Vaccinated and others, with and without tuberculosis, and the latitude: Colditz et al. (1994), JAMA 271; metafor's dat.bcg. */
const trials = [
  [4, 119, 11, 128, 44],
  [6, 300, 29, 274, 55],
  [3, 228, 11, 209, 42],
  [62, 13536, 248, 12619, 52],
  [33, 5036, 47, 5761, 13],
  [180, 1361, 372, 1079, 44],
  [8, 2537, 10, 619, 19],
  [505, 87886, 499, 87892, 13],
  [29, 7470, 45, 7232, 27],
  [17, 1699, 65, 1600, 42],
  [186, 50448, 141, 27197, 18],
  [5, 2493, 3, 2338, 33],
  [27, 16886, 29, 17825, 33],
] as const
const effects = trials.map(([a, b, c, d]) => Math.log(a / (a + b) / (c / (c + d))))
const variances = trials.map(([a, b, c, d]) => 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))

describe('a regression over arms that are each a little different', () => {
  test('is metafor’s rma of the BCG trials, alone and by latitude', () => {
    // metafor, rma(yi, vi): tau² 0.3132, -0.7145 (se 0.1798); its errors are not scaled, Knapp and Hartung's are.
    const alone = metaRegression(
      effects,
      variances,
      trials.map(() => [1]),
    )
    expect(alone.betweenArms).toBeCloseTo(0.3132, 4)
    expect(alone.coefficients[0]).toBeCloseTo(-0.7145, 4)
    // rma(yi, vi, mods = ~ ablat): tau² 0.0764, intercept 0.2515, ablat -0.0291.
    const { betweenArms, coefficients, pValues } = metaRegression(
      effects,
      variances,
      trials.map(([, , , , latitude]) => [1, latitude]),
    )
    // Its iterations stop at steps of 1e-5.
    expect(betweenArms).toBeCloseTo(0.0764, 3)
    expect(coefficients[0]).toBeCloseTo(0.2515, 4)
    expect(coefficients[1]).toBeCloseTo(-0.0291, 4)
    expect(pValues[1]).toBeLessThan(0.01)
  })

  test('does not take many visitors of few arms for many observations', () => {
    // Two arms with the feature, two without; each known to a thousandth, and each as odd as the difference.
    const columns = [
      [1, 0],
      [1, 0],
      [1, 1],
      [1, 1],
    ]
    const precise = [1e-6, 1e-6, 1e-6, 1e-6]
    expect(metaRegression([0, 0.1, 0.1, 0.2], precise, columns).pValues[1]).toBeGreaterThan(0.2)
    expect(metaRegression([0, 0.001, 0.1, 0.101], precise, columns).pValues[1]).toBeLessThan(0.001)
  })

  test('of too few arms is refused', () => {
    expect(() =>
      metaRegression(
        [0, 1],
        [1, 1],
        [
          [1, 0],
          [1, 1],
        ],
      ),
    ).toThrow('more effects')
  })
})
