import Bowser from 'bowser'
import { LRUCache } from 'lru-cache'
import type { Device, EventSource } from './event.ts'

type Agent = Pick<EventSource, 'device' | 'browser' | 'os'>

const maxLength = 512
const unknown: Agent = { device: null, browser: null, os: null }
/** Parsing takes about 40 µs, and a few agents make most of the traffic. */
const known = new LRUCache<string, Agent>({ max: 2000 })

/** Device and families of browser and system, by the user agent. No versions: they would tell people apart. */
export function agentOf(userAgent: string): Agent {
  const text = userAgent.slice(0, maxLength)
  if (text === '') return unknown
  let agent = known.get(text)
  if (!agent) {
    const { browser, os, platform } = Bowser.parse(text)
    agent = { device: deviceOf(platform.type), browser: browser.name || null, os: os.name || null }
    known.set(text, agent)
  }
  return agent
}

function deviceOf(type: string | undefined): Device {
  return type === 'desktop' || type === 'mobile' || type === 'tablet' || type === 'tv' ? type : 'other'
}
