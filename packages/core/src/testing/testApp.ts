import { afterAll, inject } from 'vitest'
import { bootApp, type TestApp, type TestAppOptions } from './app.ts'

/**
 * An installation of this test file's own, gone after the file's last test. Call it while the file is being collected.
 *
 * @example
 * const app = await testApp({ plugins: [guestbook] })
 *
 * test('an editor approves an entry', async () => {
 *   const editor = await app.as('editor')
 *   expect(await editor.mutate(ApproveEntry, { id })).toEqual({ status: 'SHOWN' })
 *   await app.quiet()
 * })
 */
export async function testApp(options: TestAppOptions): Promise<TestApp> {
  const app = await bootApp(inject('espalierCluster'), options)
  afterAll(() => app.close())
  return app
}
