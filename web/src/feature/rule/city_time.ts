// Instants as an official writes them: the city's clock, to the minute.
import { city } from '@/shell/city'

/** "2027-01-01T00:00" on the city's clock -> an instant for the API; empty: none. */
export function instantOf(local: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local)) return undefined
  const offset = city.value?.utc_offset_minutes ?? 480
  return new Date(Date.parse(`${local}:00Z`) - offset * 60_000).toISOString().replace('.000Z', 'Z')
}

/** The instant on the city's clock, as a date-and-time field wants it. */
export function localOf(instantMs: number): string {
  const offset = city.value?.utc_offset_minutes ?? 480
  return new Date(instantMs + offset * 60_000).toISOString().slice(0, 16)
}
