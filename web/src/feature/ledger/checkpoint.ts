// The newest checkpoint, followed live while the page is visible, its signature verified here; and the one this browser remembers.
import { ref, shallowRef } from 'vue'
import { get } from '@/api/client'
import type { Checkpoint, LedgerKey } from '@/api/types'
import { digestOf, fingerprintOf, verifyCheckpoint } from './proof'

export type Trust = 'checking' | 'verified' | 'failed'

export const newest = shallowRef<Checkpoint | null>(null)
export const trust = ref<Trust>('checking')
export const connected = ref(false)

const checkpointPlace = 'shu.checkpoint'
const keyPlace = 'shu.key'
let source: EventSource | null = null
let keyAnswer: Promise<LedgerKey> | null = null

/** The city's key, fetched once. */
export function cityKey(): Promise<LedgerKey> {
  keyAnswer ??= get<LedgerKey>('/api/ledger/key').catch((problem: unknown) => {
    keyAnswer = null
    throw problem
  })
  return keyAnswer
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
  const key = await cityKey().catch(() => null)
  if (key === null) return
  const verified = verifyCheckpoint(shown, key.point)
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
