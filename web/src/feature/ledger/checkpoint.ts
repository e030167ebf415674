// The newest checkpoint, followed live while the page is visible, its signature verified here; and the one this browser remembers.
import { ref, shallowRef } from 'vue'
import { get } from '@/api/client'
import type { Checkpoint, LedgerKey } from '@/api/types'
import { digestOf, fingerprintOf, isUnbroken, keyOf, verifyCheckpoint } from './proof'

export type Trust = 'checking' | 'verified' | 'failed'

export const newest = shallowRef<Checkpoint | null>(null)
export const trust = ref<Trust>('checking')
export const connected = ref(false)

const checkpointPlace = 'shu.checkpoint'
const keyPlace = 'shu.key'
let source: EventSource | null = null
let keysAnswer: Promise<LedgerKey[]> | null = null

/** The city's keys, the one in force last; fetched once. */
export function cityKeys(): Promise<LedgerKey[]> {
  keysAnswer ??= get<{ items: LedgerKey[] }>('/api/ledger/keys').then(
    ({ items }) => items,
    (problem: unknown) => {
      keysAnswer = null
      throw problem
    },
  )
  return keysAnswer
}

/** Under the key of its size. The city may have changed its key while this page was open: then the keys are asked for again. */
export async function isSigned(checkpoint: Checkpoint): Promise<boolean> {
  const holds = async () => verifyCheckpoint(checkpoint, keyOf(await cityKeys(), checkpoint.size).point)
  if (await holds()) return true
  keysAnswer = null
  return holds()
}

export function follow(): void {
  document.addEventListener('visibilitychange', adjust)
  adjust()
  void refresh()
}

export function stopFollowing(): void {
  document.removeEventListener('visibilitychange', adjust)
  close()
}

export async function refresh(): Promise<void> {
  try {
    await accept(await get<Checkpoint>('/api/ledger/checkpoint'))
  } catch {
    // Before the first checkpoint there is none to show.
  }
}

/** A browser allows few connections to one server: a hidden page keeps none. */
function adjust(): void {
  if (document.hidden) close()
  else open()
}

function open(): void {
  if (source !== null) return
  source = new EventSource('/api/ledger/events')
  source.onopen = () => (connected.value = true)
  source.onerror = () => (connected.value = false)
  source.addEventListener('checkpoint', (message) => {
    const data = JSON.parse((message as MessageEvent<string>).data) as Partial<Checkpoint>
    void (data.signature && data.root ? accept(data as Checkpoint) : refresh())
  })
}

function close(): void {
  source?.close()
  source = null
  connected.value = false
}

async function accept(checkpoint: Checkpoint): Promise<void> {
  const shown = { ...checkpoint, size: Number(checkpoint.size) }
  const verified = await isSigned(shown).catch(() => null)
  if (verified === null) return
  newest.value = shown
  trust.value = verified ? 'verified' : 'failed'
  if (verified && remembered() === null) remember(shown)
}

export function remembered(): Checkpoint | null {
  const kept = read<Checkpoint>(checkpointPlace)
  return kept !== null && typeof kept.size === 'number' && isDigest(kept.root) ? kept : null
}

export function remember(checkpoint: Checkpoint): void {
  write(checkpointPlace, checkpoint)
}

export interface KeyMemory {
  fingerprint: string
  since: string
}

/** The first key this browser saw for the city: a later one that differs deserves a question. */
export function keyMemory(point: string, now: Date): KeyMemory {
  const known = read<KeyMemory>(keyPlace)
  if (known !== null) return known
  const fresh = { fingerprint: fingerprintOf(point), since: now.toISOString() }
  write(keyPlace, fresh)
  return fresh
}

export type KeyTrust = 'same' | 'handed-over' | 'foreign'

/** What became of the key that this browser saw first. */
export function keyTrust(memory: KeyMemory, keys: readonly LedgerKey[]): KeyTrust {
  const first = keys.findIndex((key) => fingerprintOf(key.point) === memory.fingerprint)
  if (first === -1 || !isUnbroken(keys.slice(first))) return 'foreign'
  return first === keys.length - 1 ? 'same' : 'handed-over'
}

function isDigest(text: unknown): boolean {
  try {
    return typeof text === 'string' && digestOf(text).length > 0
  } catch {
    return false
  }
}

function read<T>(place: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(place) ?? 'null') as T | null
  } catch {
    return null
  }
}

function write(place: string, value: unknown): void {
  try {
    localStorage.setItem(place, JSON.stringify(value))
  } catch {
    // Without storage there is no memory; the page says so by showing none.
  }
}
