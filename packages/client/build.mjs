// What integrators generate types from, without a server: the public schema, as it is committed.
import { cp, mkdir } from 'node:fs/promises'

const target = `${import.meta.dirname}/dist`
await mkdir(target, { recursive: true })
await cp(`${import.meta.dirname}/../../docs/schema/public.graphql`, `${target}/public.graphql`)
