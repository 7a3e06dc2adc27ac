import { defineJob } from '@espalier/core'
import { z } from 'zod'
import type { Images } from './images.ts'
import { imageKey } from './imageTag.ts'

/** Files go after the commit that removed the image: a transaction that fails must not have lost them. */
export const deleteImageFiles = defineJob({
  name: 'landing-pages.delete-image-files',
  input: z.object({ key: imageKey }),
  run: async ({ key }, context, { images }: { readonly images: Images }) => images.deleteFiles(context, key),
})
