import { expect, test } from 'vitest'
import { GroupCommit, QueueFullError } from '../src/groupCommit.ts'

/** A commit that ends when the test says so. */
function underTest(limits: { maxBatch?: number; concurrency?: number } = {}) {
  const commits: {
    key: string
    items: readonly number[]
    letNext: () => void
    end: () => void
    fail: (error: Error) => void
  }[] = []
  const group = new GroupCommit<number, string>({
    maxBatch: 10,
    maxPending: 100,
    maxPendingPerKey: 50,
    concurrency: 1,
    ...limits,
    commit: (key, items, letNext) =>
      new Promise((resolve, reject) => {
        commits.push({ key, items, letNext, end: () => resolve(items.map((item) => `${key}${item}`)), fail: reject })
      }),
  })
  return { group, commits, turn: () => new Promise(setImmediate) }
}

test('additions during a commit share the next one, and each hears of its own items', async () => {
  const { group, commits, turn } = underTest()
  const first = group.add('a', [1])
  await turn()
  const [second, third] = [group.add('a', [2, 3]), group.add('a', [4])]
  commits[0]?.end()
  expect(await first).toEqual(['a1'])
  expect(commits[1]?.items).toEqual([2, 3, 4])
  commits[1]?.end()
  expect(await Promise.all([second, third])).toEqual([['a2', 'a3'], ['a4']])
  expect(group.pending).toBe(0)
})

test('keys take turns: a busy one does not keep the others waiting', async () => {
  const { group, commits, turn } = underTest({ maxBatch: 2 })
  const busy = [group.add('busy', [1, 2]), group.add('busy', [3, 4]), group.add('busy', [5, 6])]
  await turn()
  const other = group.add('other', [7])
  for (let commit = 0; commit < 4; commit++) {
    commits[commit]?.end()
    await turn()
  }
  await Promise.all([...busy, other])
  expect(commits.map(({ key }) => key)).toEqual(['busy', 'other', 'busy', 'busy'])
})

test('a commit that fails fails its additions, and the next goes on', async () => {
  const { group, commits, turn } = underTest()
  const first = group.add('a', [1])
  await turn()
  const second = group.add('a', [2])
  commits[0]?.fail(new Error('The line is dead.'))
  await expect(first).rejects.toThrow('The line is dead.')
  commits[1]?.end()
  expect(await second).toEqual(['a2'])
})

test('what does not fit is refused at once and leaves room as soon as there is some', async () => {
  const { group, commits, turn } = underTest()
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
  const taken = group.add('a', numbers(50))
  await expect(group.add('a', [1])).rejects.toThrow(QueueFullError)
  const alsoTaken = group.add('b', numbers(50))
  await expect(group.add('c', [1])).rejects.toThrow(QueueFullError)
  await turn()
  commits[0]?.end()
  await taken
  commits[1]?.end()
  await alsoTaken
  await group.drain()
  const later = group.add('a', [1])
  await turn()
  commits[2]?.end()
  expect(await later).toEqual(['a1'])
})

test('a commit that lets the next one begin has it beside it, and no third one', async () => {
  const { group, commits, turn } = underTest({ maxBatch: 1, concurrency: 4 })
  const added = [1, 2, 3].map((item) => group.add('a', [item]))
  await turn()
  expect(commits).toHaveLength(1)
  commits[0]?.letNext()
  commits[1]?.letNext()
  await turn()
  expect(commits).toHaveLength(2)
  commits[1]?.end()
  await added[1]
  expect(commits.map(({ items }) => items)).toEqual([[1], [2], [3]])
  // The first is under way all this time; its end lets nobody begin who has to wait for the third.
  const fourth = group.add('a', [4])
  commits[0]?.end()
  expect(await added[0]).toEqual(['a1'])
  await turn()
  expect(commits).toHaveLength(3)
  commits[2]?.end()
  await added[2]
  commits[3]?.end()
  expect(await fourth).toEqual(['a4'])
  await group.drain()
  expect(group.pending).toBe(0)
})
