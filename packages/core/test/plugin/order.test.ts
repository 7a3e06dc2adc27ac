import { describe, expect, test } from 'vitest'
import { StartError } from '../../src/errors.ts'
import { type AnyPlugin, definePlugin } from '../../src/plugin/definePlugin.ts'
import { orderPlugins, switchOff } from '../../src/plugin/order.ts'

const names = (plugins: readonly AnyPlugin[]) => plugins.map(({ name }) => name)

const tracking = definePlugin({ name: 'tracking' })
const experiments = definePlugin({ name: 'experiments', requires: [tracking] })
const pages = definePlugin({ name: 'pages', requires: [experiments, tracking] })

describe('the order in which plugins start', () => {
  test('each after those that it requires, however they are listed', () => {
    expect(names(orderPlugins([pages, experiments, tracking]))).toEqual(['tracking', 'experiments', 'pages'])
    expect(names(orderPlugins([tracking, experiments, pages]))).toEqual(['tracking', 'experiments', 'pages'])
  })

  test('otherwise as listed', () => {
    const mail = definePlugin({ name: 'mail' })
    const billing = definePlugin({ name: 'billing' })
    expect(names(orderPlugins([mail, billing]))).toEqual(['mail', 'billing'])
    expect(names(orderPlugins([billing, mail]))).toEqual(['billing', 'mail'])
  })
})

describe('an optional plugin', () => {
  const ai = definePlugin({ name: 'ai' })
  const pages = definePlugin({ name: 'pages', optional: [ai] })

  test('starts before the one that works better with it', () => {
    expect(names(orderPlugins([pages, ai]))).toEqual(['ai', 'pages'])
  })

  test('may be missing', () => {
    expect(names(orderPlugins([pages]))).toEqual(['pages'])
    expect(names(orderPlugins(switchOff([pages, ai], ['ai'])))).toEqual(['pages'])
  })

  test('closes a circle as one that is required does', () => {
    const optional: AnyPlugin[] = []
    const a = definePlugin({ name: 'a', optional })
    const b = definePlugin({ name: 'b', requires: [a] })
    optional.push(b)
    expect(() => orderPlugins([a, b])).toThrow('require each other in a circle: a → b → a')
  })
})

describe('a misconfiguration stops the start with one line: code, plugin, what is wrong, the mend', () => {
  const refusal = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      if (error instanceof StartError) return { code: error.code, message: error.message }
    }
    throw new Error('It was accepted.')
  }

  test('a plugin that is missing', () => {
    expect(refusal(() => orderPlugins([experiments]))).toEqual({
      code: 'PLUGIN_MISSING',
      message:
        'Plugin "experiments" requires "tracking", which is not in the list of plugins or is switched off. Add "tracking", or switch "experiments" off too.',
    })
  })

  test('another plugin under the name of the one that is required', () => {
    const impostor = definePlugin({ name: 'tracking' })
    expect(refusal(() => orderPlugins([impostor, experiments])).code).toBe('PLUGIN_MISSING')
  })

  test('two plugins of one name', () => {
    expect(refusal(() => orderPlugins([tracking, definePlugin({ name: 'tracking' })]))).toEqual({
      code: 'PLUGIN_DUPLICATED',
      message: 'Two plugins are named "tracking". Remove one from the list of plugins, or rename it.',
    })
  })

  test('plugins that require each other', () => {
    const requires: AnyPlugin[] = []
    const a = definePlugin({ name: 'a', requires })
    const b = definePlugin({ name: 'b', requires: [a] })
    const c = definePlugin({ name: 'c', requires: [b] })
    requires.push(c)
    expect(refusal(() => orderPlugins([a, b, c]))).toEqual({
      code: 'PLUGIN_CYCLE',
      message:
        'Plugins require each other in a circle: a → c → b → a. Move what they share into a third plugin that both require.',
    })
  })

  test('a plugin that was undefined when it was required: its module was still loading', () => {
    const early = definePlugin({ name: 'early', requires: [undefined as unknown as AnyPlugin] })
    expect(refusal(() => orderPlugins([early]))).toMatchObject({
      code: 'PLUGIN_CYCLE',
      message: expect.stringContaining('"early"'),
    })
  })

  test.each(['', 'Tracking', 'landing_pages', '-pages', 'pages-', '1st'])('the name %j', (name) => {
    expect(refusal(() => orderPlugins([definePlugin({ name })]))).toMatchObject({
      code: 'PLUGIN_NAME_INVALID',
      message: expect.stringContaining(`"${name}"`),
    })
  })

  test('a plugin that is switched off and does not exist', () => {
    expect(refusal(() => switchOff([tracking, experiments], ['trakcing']))).toEqual({
      code: 'PLUGIN_UNKNOWN',
      message: 'There is no plugin "trakcing" to switch off. The plugins are: tracking, experiments.',
    })
  })

  test('a plugin that is switched off while another requires it', () => {
    expect(refusal(() => orderPlugins(switchOff([tracking, experiments], ['tracking']))).code).toBe('PLUGIN_MISSING')
    expect(names(orderPlugins(switchOff([tracking, experiments], ['experiments'])))).toEqual(['tracking'])
  })
})
