import type { PrismaPg } from '@prisma/adapter-pg'

/**
 * What the installation registers with the kernel's types. The generated client (the `prisma` folder)
 * fills it by declaration merging, so the kernel is typed by the models without importing them.
 *
 * @example declare module '@espalier/core' { interface Register { prisma: PrismaClient; prismaTypes: PrismaTypes } }
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface Register {}

/** The generated Prisma client of this installation. */
export type PrismaClient = Register extends { prisma: infer Client } ? Client : AnyPrismaClient

/** Pothos' view of the models of this installation. */
export type PrismaTypes = Register extends { prismaTypes: infer Types extends object } ? Types : object

/** Prisma's client inside a workspace: its models and raw queries, without what would leave the workspace. */
export type WorkspacePrisma = Omit<PrismaClient, `$${string}`> &
  Pick<PrismaClient, Extract<'$queryRaw' | '$executeRaw', keyof PrismaClient>>

/** The little of a Prisma client that the kernel itself calls. */
export interface AnyPrismaClient {
  $transaction<T>(
    work: (client: AnyPrismaClient) => Promise<T>,
    options?: { timeout?: number; maxWait?: number },
  ): Promise<T>
  $disconnect(): Promise<void>
}

export type PrismaClientClass = new (options: { adapter: PrismaPg }) => AnyPrismaClient
