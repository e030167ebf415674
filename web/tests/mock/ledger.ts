// A small act ledger in the shape of the real one: canonical bodies, SM3 Merkle tree, SM2-signed checkpoints.
import { sm2 } from 'sm-crypto-v2'
import { fingerprintOf, leafHash, nodeHash, textOf, type Hex } from '../../src/feature/ledger/proof'
import type { Act, ActReceipt, Checkpoint, LedgerKey } from '../../src/api/types'

export interface NewAct {
  actor: string
  verb: string
  object: string
  organisation?: string
  post?: string
  subject?: string
  basis?: string
  result?: string
  detail?: Record<string, unknown>
}

/** Root of a list, straight from RFC 9162 2.1.1: the slow reference. */
export function rootOf(leaves: Hex[]): Hex {
  if (leaves.length === 1) return leaves[0]
  const split = splitOf(leaves.length)
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}

/** RFC 9162 2.1.3.1. */
export function pathOf(index: number, leaves: Hex[]): Hex[] {
  if (leaves.length <= 1) return []
  const split = splitOf(leaves.length)
  const left = leaves.slice(0, split)
  const right = leaves.slice(split)
  return index < split ? [...pathOf(index, left), rootOf(right)] : [...pathOf(index - split, right), rootOf(left)]
}

/** RFC 9162 2.1.4.1. */
export function consistencyOf(old: number, leaves: Hex[], whole = true): Hex[] {
  if (old === leaves.length) return whole ? [] : [rootOf(leaves)]
  const split = splitOf(leaves.length)
  if (old <= split) return [...consistencyOf(old, leaves.slice(0, split), whole), rootOf(leaves.slice(split))]
  return [...consistencyOf(old - split, leaves.slice(split), false), rootOf(leaves.slice(0, split))]
}

function splitOf(count: number): number {
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

function base64(hex: Hex): string {
  return Buffer.from(hex, 'hex').toString('base64')
}

function keyFrom(privateKey: Hex, after: number, handover: ActReceipt | null): LedgerKey {
  const point = sm2.getPublicKeyFromPrivateKey(privateKey)
  return { fingerprint: fingerprintOf(point), point, pem: '', after, handover }
}

function instant(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z')
}

export class MockLedger {
  readonly acts: Act[] = []
  readonly checkpoints: Checkpoint[] = []
  readonly keys: LedgerKey[] = []
  private privateKey = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8'
  private leaves: Hex[] = []
  private readonly now: () => number

  constructor(now: () => number) {
    this.now = now
    this.keys.push(keyFrom(this.privateKey, 0, null))
  }

  /** The key in force. */
  get publicKey(): Hex {
    return this.keys.at(-1)!.point
  }

  /** Another key takes over: docs/format/key-rotation.md. */
  rotate(privateKey: Hex): void {
    const next = keyFrom(privateKey, 0, null)
    const { sequence } = this.record({ actor: 'system:shu', verb: 'ledger-key.rotate', object: 'ledger:shu/210100', detail: { next: next.point, previous: this.publicKey } })
    this.sign()
    this.keys.push({ ...next, after: this.newest().size, handover: this.receipt(sequence) })
    this.privateKey = privateKey
  }

  record(act: NewAct, atMs = this.now()): Act {
    const sequence = this.acts.length
    const id = String(7300000000000000000n + BigInt(sequence) * 4096n)
    const at = instant(atMs)
    const { actor, verb, object, organisation = '', post = '', subject = '', basis = '', result = 'done', detail = {} } = act
    const body = JSON.stringify({ actor, at, basis, detail, id, object, organisation, post, result, subject, verb, version: 1 })
    const recorded: Act = { sequence, id, at, actor, post, organisation, verb, object, subject, basis, result, detail, body, leaf: leafHash(body) }
    this.acts.push(recorded)
    this.leaves.push(recorded.leaf)
    return recorded
  }

  /** Signs what is there, if it grew. */
  sign(atMs = this.now()): Checkpoint | null {
    const size = this.leaves.length
    if (this.checkpoints.at(-1)?.size === size) return null
    const checkpoint: Checkpoint = { origin: 'shu/210100', hash: 'sm3', size, root: base64(rootOf(this.leaves)), at: instant(atMs), signature: '' }
    const text = new TextEncoder().encode(textOf(checkpoint))
    checkpoint.signature = base64(sm2.doSignature(text, this.privateKey, { hash: true, userId: '1234567812345678' }))
    this.checkpoints.push(checkpoint)
    return checkpoint
  }

  newest(): Checkpoint {
    return this.checkpoints.at(-1)!
  }

  receipt(sequence: number): ActReceipt | null {
    const checkpoint = this.newest()
    if (sequence >= checkpoint.size) return null
    const leaves = this.leaves.slice(0, checkpoint.size)
    return { version: 1, body: this.acts[sequence].body, proof: { index: sequence, size: checkpoint.size, path: pathOf(sequence, leaves).map(base64) }, checkpoint }
  }

  consistency(from: number, to: number): string[] {
    return consistencyOf(from, this.leaves.slice(0, to)).map(base64)
  }
}
