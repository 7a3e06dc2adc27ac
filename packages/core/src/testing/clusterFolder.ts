import { mkdtemp, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Linux keeps what lies here in memory. */
const memory = '/dev/shm'

/** Many times what the databases of a whole run take. Containers often have 64 MB there, which is too little. */
const wantedBytes = 4 * 1024 ** 3

/**
 * A new folder for the databases of a run of tests: in memory where that has room, so that a copy of a database takes a tenth of a
 * second however busy the disk is.
 */
export async function clusterFolder(): Promise<string> {
  const room = await statfs(memory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  )
  return mkdtemp(join(room >= wantedBytes ? memory : tmpdir(), 'espalier-test-'))
}
