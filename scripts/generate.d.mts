/** Generates what the Prisma schema of a folder asks for, offline. */
export function generateClient(folder: string, ...options: string[]): Promise<void>
