import { execFile } from 'node:child_process'

/** What a program says on its standard output. @throws Error with all that it said, when it ends with a failure */
export function programOutput(
  program: string,
  args: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      { cwd: folder, env: environment, maxBuffer: 64 * 1024 * 1024 },
      (error, output, complaints) => {
        if (!error) return resolve(output)
        reject(new Error([`${program} ${args.join(' ')}`, output, complaints].filter(Boolean).join('\n')))
      },
    )
  })
}
