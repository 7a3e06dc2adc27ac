import { describe, expect, it } from 'vitest'
import { addressGroup, clientAddress, isLoopback } from '../../src/http/clientAddress.ts'

describe('The address of a client', () => {
  it("is the socket's where no proxy is trusted, whatever the header claims", () => {
    expect(clientAddress('203.0.113.7', '198.51.100.1', 0)).toBe('203.0.113.7')
  })

  it('is the entry that the outermost trusted proxy saw, counted from the right', () => {
    const forged = '10.0.0.1, 198.51.100.1, 192.0.2.50'
    expect(clientAddress('127.0.0.1', forged, 1)).toBe('192.0.2.50')
    expect(clientAddress('127.0.0.1', forged, 2)).toBe('198.51.100.1')
    expect(clientAddress('127.0.0.1', '198.51.100.1', 2)).toBe('198.51.100.1')
  })

  it('falls back to the socket where the entry is no address', () => {
    expect(clientAddress('127.0.0.1', 'unknown', 1)).toBe('127.0.0.1')
    expect(clientAddress('127.0.0.1', '', 1)).toBe('127.0.0.1')
  })

  it('has one form: mapped IPv4, ports, brackets and zones are taken off', () => {
    expect(clientAddress('::ffff:203.0.113.7', undefined, 0)).toBe('203.0.113.7')
    expect(clientAddress('127.0.0.1', '203.0.113.7:4711', 1)).toBe('203.0.113.7')
    expect(clientAddress('127.0.0.1', '[2001:db8::1]:443', 1)).toBe('2001:db8::1')
    expect(clientAddress('fe80::1%eth0', undefined, 0)).toBe('fe80::1')
  })

  it('counts for its /64 in IPv6 and for itself in IPv4', () => {
    expect(addressGroup('2001:db8:1:2:aaaa::1')).toBe(addressGroup('2001:db8:1:2:bbbb::9'))
    expect(addressGroup('2001:db8:1:2::1')).not.toBe(addressGroup('2001:db8:1:3::1'))
    expect(addressGroup('203.0.113.7')).toBe('203.0.113.7')
  })

  it('knows this machine by all its names', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'].map(isLoopback)).toEqual([true, true, true, true])
    expect(['10.0.0.1', '192.168.1.1', '', 'localhost'].map(isLoopback)).toEqual([false, false, false, false])
  })
})
