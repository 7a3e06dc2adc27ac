import { Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { RequestDurations } from '../../src/http/requestDurations.ts'

test('requests are told as a histogram of prom-client tells them, on the bounds and above them all', async () => {
  const [ours, theirs] = [new Registry(), new Registry()]
  const durations = new RequestDurations(ours)
  const histogram = new Histogram({
    name: 'espalier_http_request_duration_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [theirs],
  })
  for (const [method, route, status] of [
    ['GET', '/p/:workspace/:slug', 200],
    ['GET', '/p/:workspace/:slug', 404],
    ['POST', '/p/:workspace/:slug', 200],
    ['GET', '/a/:name{[a-z]+\\.js}', 200],
    ['GET', '/"quoted"', 500],
  ] as const)
    for (const seconds of [0, 0.001, 0.00100001, 0.03, 10, 10.5]) {
      durations.observe(method, route, status, seconds)
      histogram.observe({ method, route, status: String(status) }, seconds)
    }
  const lines = async (registry: Registry) => (await registry.metrics()).split('\n').toSorted()
  expect(await lines(ours)).toEqual(await lines(theirs))
  expect(await lines(ours)).toContain(
    'espalier_http_request_duration_seconds_bucket{le="0.001",method="GET",route="/p/:workspace/:slug",status="404"} 2',
  )
})
