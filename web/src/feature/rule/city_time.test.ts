import { describe, expect, it } from 'vitest'
import { instantOf, localOf } from './city_time'

describe('the city clock', () => {
  it('turns what an official writes into an instant and back', () => {
    expect(instantOf('2027-01-01T00:00')).toBe('2026-12-31T16:00:00Z')
    expect(localOf(Date.parse('2026-12-31T16:00:00Z'))).toBe('2027-01-01T00:00')
  })
  it('knows no instant for what is no time', () => {
    expect(instantOf('')).toBeUndefined()
    expect(instantOf('2027-01-01')).toBeUndefined()
  })
})
