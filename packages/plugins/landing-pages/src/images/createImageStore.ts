import type { Resources } from '@espalier/core'
import { FolderStore } from './folderStore.ts'
import type { ImageStore } from './imageStore.ts'
import { S3Store } from './s3Store.ts'

/** Where an installation keeps images: its file store, else its data folder, else nowhere. @throws StartError */
export function createImageStore({ fileStore, dataFolder }: Resources): ImageStore | undefined {
  if (fileStore) return new S3Store(fileStore)
  return dataFolder ? new FolderStore(dataFolder) : undefined
}
