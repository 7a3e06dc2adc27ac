import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import tracking from '@espalier/tracking'
import sharp from 'sharp'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { bombOf, picture } from './imageFiles.ts'

const folder = await mkdtemp(join(tmpdir(), 'espalier-images-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const { url, signIn } = await servedKernel([tracking, experiments, landingPages], { resources: { dataFolder: folder } })
const editor = await signIn()

interface Uploaded {
  id: string
  key: string
  contentType: string
  bytes: number
  reference: { imageId: string; width: number; height: number; alt: string }
}

async function upload(who: SignedInClient, body: BodyInit, query = '?name=tree.png&alt=A%20tree') {
  const response = await fetch(`${url}/images${query}`, {
    method: 'POST',
    headers: who.headers,
    body,
    duplex: 'half',
  } as RequestInit)
  return { status: response.status, answer: await response.json() }
}

async function uploaded(who: SignedInClient, body: Uint8Array<ArrayBuffer>): Promise<Uploaded> {
  const { status, answer } = await upload(who, body)
  expect(status, JSON.stringify(answer)).toBeLessThan(300)
  return answer as Uploaded
}

const at = (key: string, file: string) => fetch(`${url}/images/${key}/${file}`)

describe('an upload', () => {
  test('is answered with what a block needs to show it', async () => {
    const { status, answer } = await upload(editor, await picture(700, 400))
    expect(status).toBe(201)
    expect(answer).toMatchObject({
      name: 'tree.png',
      contentType: 'image/png',
      key: expect.stringMatching(/^[\w-]{32}$/),
      reference: { imageId: expect.stringMatching(/^[0-9a-f-]{36}$/), width: 700, height: 400, alt: 'A tree' },
    })
  })

  test.each(['jpeg', 'webp', 'avif', 'gif'] as const)('may be %s, whatever it is called', async (format) => {
    const { contentType, reference } = await uploaded(editor, await picture(60, 40, format))
    expect(contentType).toBe(`image/${format}`)
    expect(reference).toMatchObject({ width: 60, height: 40 })
  })

  test.each([
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'scripts'],
    ['an SVG behind a declaration', '\ufeff<?xml version="1.0"?><svg/>', 'scripts'],
    ['a page that is named like an image', '<html><script>alert(1)</script></html>'.padEnd(80), 'no image'],
    ['a PDF', '%PDF-1.7 of some length, with more to come', 'PDF'],
    ['nothing', '', 'empty'],
    ['a signature without an image', `\u0089PNG\r\n\u001a\n${'x'.repeat(60)}`, 'no image'],
  ])('of %s is refused by its bytes, with the way out', async (_what, body, reason) => {
    const { status, answer } = await upload(editor, body)
    expect(status).toBe(400)
    expect(answer.error.issues[0]).toMatchObject({ code: 'IMAGE_REFUSED', message: expect.stringContaining(reason) })
  })

  test('that is damaged halfway is refused', async () => {
    const { status, answer } = await upload(editor, (await picture(300, 300, 'jpeg')).slice(0, 2000))
    expect(status).toBe(400)
    expect(answer.error.message).toContain('damaged')
  })

  test('of a few bytes that claims billions of pixels is refused before it is decoded', async () => {
    const { status, answer } = await upload(editor, bombOf(60_000, 60_000))
    expect(status).toBe(400)
    expect(answer.error.message).toContain('million pixels')
  })

  test('above 20 MiB is refused while it streams, without a declared length', async () => {
    let sent = 0
    const chunk = new Uint8Array(1024 * 1024)
    chunk.set(await picture(20, 20))
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1
        if (sent > 60) controller.close()
        else controller.enqueue(chunk)
      },
    })
    const answer = await upload(editor, endless).catch((error) => ({ status: 413, error }))
    expect(answer.status).toBe(413)
  })

  test('takes the permission to write pages, and a session', async () => {
    const viewer = await signIn({ role: 'viewer', workspace: editor.workspaceId })
    expect((await upload(viewer, await picture(20, 20))).status).toBe(403)
    expect((await upload({ ...viewer, headers: {} }, await picture(20, 20))).status).toBe(401)
  })

  test('of the same bytes is the same image', async () => {
    const bytes = await picture(90, 70)
    const first = await upload(editor, bytes)
    const second = await upload(editor, bytes, '?name=again.png')
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.answer.id).toBe(first.answer.id)
  })
})

describe('an image', () => {
  test('is served in the sizes and formats of its tag, to be kept forever', async () => {
    const { key } = await uploaded(editor, await picture(1400, 900))
    for (const [file, type, width] of [
      ['640.avif', 'image/avif', 640],
      ['960.webp', 'image/webp', 960],
      ['1280.jpg', 'image/jpeg', 1280],
      ['1920.webp', 'image/webp', 1400],
    ] as const) {
      const response = await at(key, file)
      expect(response.headers.get('content-type')).toBe(type)
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      const { width: found } = await sharp(await response.arrayBuffer()).metadata()
      expect(found).toBe(width)
    }
  })

  test('loses what its file says about where it was taken', async () => {
    const bytes = await sharp(await picture(400, 300, 'jpeg'))
      .withExif({ IFD0: { Copyright: 'Ada' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .toBuffer()
    const { key, reference } = await uploaded(editor, new Uint8Array(bytes))
    expect(reference).toMatchObject({ width: 300, height: 400 })
    const served = await sharp(await (await at(key, '320.webp')).arrayBuffer()).metadata()
    expect(served.exif).toBeUndefined()
    expect(served).toMatchObject({ width: 300, height: 400 })
  })

  test('is made once in each size, however many ask at once', async () => {
    const { key } = await uploaded(editor, await picture(800, 500, 'jpeg'))
    const asked = await Promise.all(Array.from({ length: 12 }, () => at(key, '640.webp')))
    const bodies = await Promise.all(asked.map((response) => response.arrayBuffer()))
    expect(new Set(bodies.map(({ byteLength }) => byteLength)).size).toBe(1)
    expect((await readdir(join(folder, 'images', key))).sort()).toEqual(['320.webp', '640.webp', 'original'])
  })

  test.each(['641.webp', '640.png', 'original', '640.webp.part', '..%2Foriginal'])(
    'is not served as %s',
    async (file) => {
      const { key } = await uploaded(editor, await picture(100, 100))
      expect((await at(key, file)).status).toBe(404)
    },
  )

  test('of another workspace has another address, though its bytes are the same', async () => {
    const stranger = await signIn()
    const bytes = await picture(120, 80)
    const [own, other] = [await uploaded(editor, bytes), await uploaded(stranger, bytes)]
    expect(other.key).not.toBe(own.key)
    const { images } = await stranger.ask<{ images: { totalCount: number } }>('{ images { totalCount } }')
    expect(images.totalCount).toBe(1)
  })
})

describe('over GraphQL images', () => {
  test('are listed, described anew and deleted, files and all', async () => {
    const owner = await signIn()
    const { key, reference } = await uploaded(owner, await picture(333, 222))
    await at(key, '320.avif')
    const { images } = await owner.ask<{ images: { edges: { node: { id: string } }[] } }>(
      '{ images { edges { node { id name alt width height path reference } } } }',
    )
    expect(images.edges).toMatchObject([{ node: { name: 'tree.png', alt: 'A tree', reference } }])
    const id = images.edges[0]?.node.id
    const change =
      'mutation($id: ID!, $alt: String!) { updateImage(id: $id, input: { alt: $alt }) { __typename ... on UpdateImageSuccess { data { alt } } } }'
    expect(await owner.ask(change, { id, alt: 'An oak' })).toMatchObject({ updateImage: { data: { alt: 'An oak' } } })

    const remove = 'mutation($id: ID!) { deleteImage(id: $id) { __typename ... on Error { message } } }'
    expect(await owner.ask(remove, { id })).toMatchObject({ deleteImage: { __typename: 'DeleteImageSuccess' } })
    await vi.waitFor(async () => expect(await readdir(join(folder, 'images'))).not.toContain(key), 15_000)
    expect((await at(key, '320.avif')).status).toBe(404)
  })

  test('that a page shows cannot be deleted', async () => {
    const owner = await signIn()
    const { reference } = await uploaded(owner, await picture(200, 200))
    const content = {
      root: { props: { title: 'Trees' } },
      content: [{ type: 'Image', props: { id: 'tree', image: reference } }],
    }
    await owner.ask(
      'mutation($content: JSON!) { createPage(input: { slug: "trees", title: "Trees", variants: [{ key: "a", content: $content }] }) { __typename } }',
      { content },
    )
    const { images } = await owner.ask<{ images: { edges: { node: { id: string } }[] } }>(
      '{ images { edges { node { id } } } }',
    )
    const { deleteImage } = await owner.ask<{ deleteImage: { __typename: string; message: string } }>(
      'mutation($id: ID!) { deleteImage(id: $id) { __typename ... on Error { message } } }',
      { id: images.edges[0]?.node.id },
    )
    expect(deleteImage).toMatchObject({ __typename: 'ConflictError', message: expect.stringContaining('trees') })
  })
})
