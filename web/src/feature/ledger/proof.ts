// Proofs checked by the browser itself: the Merkle tree of RFC 9162 2.1 over SM3, and the checkpoint's SM2 signature.
// Nothing here asks the server. Pure functions; the generators yield every computed value so that a page can draw it.
import { sm2, sm3 } from 'sm-crypto-v2'
import type { ActReceipt, CallReceipt, Checkpoint, LedgerKey } from '@/api/types'

export type Hex = string

/** Digests as hexadecimal or Base64, as the server's documents carry them. */
export interface InclusionProof {
  index: number
  size: number
  path: string[]
}

export interface ConsistencyProof {
  old_size: number
  new_size: number
  path: string[]
}

/** One level of a Merkle path: ours and its sibling make the node above. */
export interface PathStep {
  sibling: Hex
  siblingOnLeft: boolean
  result: Hex
}

export type Tree = 'batch' | 'ledger'

export type ProofStep =
  | { kind: 'leaf'; tree: Tree; hash: Hex }
  | { kind: 'node'; tree: Tree; level: number; step: PathStep }
  | { kind: 'stated'; ok: boolean; computed: Hex; place: string }
  | { kind: 'root'; ok: boolean; computed: Hex; stated: Hex; size: number }
  | { kind: 'signature'; ok: boolean; fingerprint: Hex }
  | { kind: 'malformed'; tree: Tree; reason: string }

/** The longest path a tree of 2^53 leaves can have. */
const pathLengthMax = 64
const signerId = '1234567812345678'
const utf8 = new TextEncoder()

export class ProofError extends Error {}

export function leafHash(body: string | Uint8Array): Hex {
  const bytes = typeof body === 'string' ? utf8.encode(body) : body
  return sm3(prefixed(0x00, bytes))
}

export function nodeHash(left: Hex, right: Hex): Hex {
  const bytes = new Uint8Array(65)
  bytes[0] = 0x01
  bytes.set(bytesOf(left), 1)
  bytes.set(bytesOf(right), 33)
  return sm3(bytes)
}

/** Climbs from the leaf to the root. Throws ProofError when the path cannot belong to such a tree. RFC 9162 2.1.3.2. */
export function climb(leaf: Hex, proof: InclusionProof): PathStep[] {
  const { index, size, path } = proof
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) {
    throw new ProofError(`leaf ${index} is not in a tree of ${size}`)
  }
  checkLength(path)
  const steps: PathStep[] = []
  let position = index
  let last = size - 1
  let hash = leaf
  for (const sibling of path.map(digestOf)) {
    if (last === 0) throw new ProofError('the path is too long')
    const siblingOnLeft = isOdd(position) || position === last
    if (siblingOnLeft) {
      while (!isOdd(position) && position !== 0) {
        position = half(position)
        last = half(last)
      }
    }
    hash = siblingOnLeft ? nodeHash(sibling, hash) : nodeHash(hash, sibling)
    steps.push({ sibling, siblingOnLeft, result: hash })
    position = half(position)
    last = half(last)
  }
  if (last !== 0) throw new ProofError('the path is too short')
  return steps
}

export function rootFrom(leaf: Hex, proof: InclusionProof): Hex {
  return climb(leaf, proof).at(-1)?.result ?? leaf
}

export function verifyInclusion(leaf: Hex, proof: InclusionProof, root: Hex): boolean {
  return truthOf(() => rootFrom(leaf, proof) === root)
}

/** Whether the tree with `newRoot` continues the tree with `oldRoot`, nothing altered or dropped. RFC 9162 2.1.4.2. */
export function verifyConsistency(proof: ConsistencyProof, oldRoot: Hex, newRoot: Hex): boolean {
  return truthOf(() => consistent(proof, oldRoot, newRoot))
}

function consistent({ old_size, new_size, path }: ConsistencyProof, oldRoot: Hex, newRoot: Hex): boolean {
  if (!Number.isSafeInteger(old_size) || !Number.isSafeInteger(new_size) || old_size < 1 || old_size > new_size) return false
  if (old_size === new_size) return path.length === 0 && oldRoot === newRoot
  checkLength(path)
  const hashes = path.map(digestOf)
  const rest = isPowerOfTwo(old_size) ? [oldRoot, ...hashes] : hashes
  if (rest.length === 0) return false
  let position = old_size - 1
  let last = new_size - 1
  while (isOdd(position)) {
    position = half(position)
    last = half(last)
  }
  let oldHash = rest[0]
  let newHash = rest[0]
  for (const sibling of rest.slice(1)) {
    if (last === 0) return false
    if (isOdd(position) || position === last) {
      oldHash = nodeHash(sibling, oldHash)
      newHash = nodeHash(sibling, newHash)
      while (!isOdd(position) && position !== 0) {
        position = half(position)
        last = half(last)
      }
    } else {
      newHash = nodeHash(newHash, sibling)
    }
    position = half(position)
    last = half(last)
  }
  return oldHash === oldRoot && newHash === newRoot && last === 0
}

/** What the signature covers: six lines, made again from the members, never carried. docs/format/checkpoint.md. */
export function textOf(checkpoint: Checkpoint): string {
  const { origin, hash, size, root, at } = checkpoint
  if (!/^[\x21-\x7e]{1,100}$/.test(origin)) throw new ProofError('the origin is not printable ASCII')
  if (hash !== 'sm3') throw new ProofError('this browser verifies SM3 only')
  if (!Number.isSafeInteger(size) || size < 0) throw new ProofError('no tree has this size')
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(at)) throw new ProofError('the instant is not RFC 3339 with six digits')
  return ['shu checkpoint 1', origin, hash, size, toBase64(bytesOf(digestOf(root))), at, ''].join('\n')
}

/** SM2 with SM3 over the checkpoint's text, by the city's key. GB/T 32918.2-2016 7.1. */
export function verifyCheckpoint(checkpoint: Checkpoint, keyPoint: Hex): boolean {
  return truthOf(() => {
    const signature = bytesIn(checkpoint.signature)
    if (signature.length !== 64 || !/^04[0-9a-f]{128}$/i.test(keyPoint)) return false
    const text = utf8.encode(textOf(checkpoint))
    return sm2.doVerifySignature(text, hexOf(signature), keyPoint.toLowerCase(), { hash: true, userId: signerId })
  })
}

/** A digest as hexadecimal, from hexadecimal or Base64. */
export function digestOf(text: string): Hex {
  const bytes = bytesIn(text)
  if (bytes.length !== 32) throw new ProofError('this is no SM3 digest')
  return hexOf(bytes)
}

/** The key's fingerprint, SM3 of its point: what a city prints in its gazette. */
export function fingerprintOf(keyPoint: Hex): Hex {
  return sm3(bytesOf(keyPoint.toLowerCase()))
}

/** The key that signs checkpoints of `size` acts. docs/format/key-rotation.md. */
export function keyOf(keys: readonly LedgerKey[], size: number): LedgerKey {
  return [...keys].reverse().find((key) => Number(key.after) < size) ?? keys[0]
}

/** Whether every key after the first was handed over by the one before: an act that names both, under a checkpoint that the old key signed. */
export function isUnbroken(keys: readonly LedgerKey[]): boolean {
  return keys.every((key, index) => index === 0 || isHandedOver(keys[index - 1], key))
}

function isHandedOver(previous: LedgerKey, next: LedgerKey): boolean {
  const { handover } = next
  if (handover === null || Number(handover.checkpoint.size) !== Number(next.after)) return false
  return truthOf(() => {
    const act = JSON.parse(handover.body) as { verb: string; detail: Record<string, unknown> }
    const names = act.verb === 'ledger-key.rotate' && act.detail.previous === previous.point && act.detail.next === next.point
    return names && isGood([...proveAct(handover, previous.point)])
  })
}

/** An act: leaf, path, root as signed, signature. */
export function* proveAct(receipt: ActReceipt, keyPoint: Hex): Generator<ProofStep> {
  const leaf = leafHash(receipt.body)
  yield { kind: 'leaf', tree: 'ledger', hash: leaf }
  const proof = { index: Number(receipt.proof.index), size: Number(receipt.proof.size), path: receipt.proof.path }
  const steps = yield* climbSteps('ledger', leaf, proof)
  if (steps === null) return
  const computed = steps.at(-1)?.result ?? leaf
  const checkpoint = { ...receipt.checkpoint, size: Number(receipt.checkpoint.size) }
  let stated: Hex
  try {
    stated = digestOf(checkpoint.root)
  } catch (error) {
    yield { kind: 'malformed', tree: 'ledger', reason: (error as Error).message }
    return
  }
  const ok = stated === computed && checkpoint.size === proof.size
  yield { kind: 'root', ok, computed, stated, size: checkpoint.size }
  yield {
    kind: 'signature',
    ok: verifyCheckpoint(checkpoint, keyPoint),
    fingerprint: fingerprintOf(keyPoint),
  }
}

/** A gateway call: its trace record in the sealed batch, the batch's root in an act, the act in the ledger. */
export function* proveCall(receipt: CallReceipt, keyPoint: Hex): Generator<ProofStep> {
  const leaf = leafHash(receipt.record)
  yield { kind: 'leaf', tree: 'batch', hash: leaf }
  const proof = { index: Number(receipt.leaf_index), size: Number(receipt.batch_size), path: receipt.path }
  const steps = yield* climbSteps('batch', leaf, proof)
  if (steps === null) return
  const computed = steps.at(-1)?.result ?? leaf
  const place = placeOf(receipt.act_receipt.body, computed)
  yield { kind: 'stated', ok: place !== null, computed, place: place ?? '' }
  yield* proveAct(receipt.act_receipt, keyPoint)
}

export function isGood(steps: readonly ProofStep[]): boolean {
  const last = steps.at(-1)
  return last?.kind === 'signature' && steps.every((step) => !('ok' in step) || step.ok) && !steps.some((step) => step.kind === 'malformed')
}

/** Where the act's body states this digest, as a path of names; null when it does not. */
export function placeOf(body: string, digest: Hex): string | null {
  try {
    return search(JSON.parse(body), digest, [])
  } catch {
    return null
  }
}

export interface Tampered {
  text: string
  index: number
}

/** The same text with one byte altered, near the middle, where the eye can follow: a letter or digit becomes its neighbour. */
export function tamper(text: string): Tampered {
  const middle = Math.floor(text.length * 0.6)
  for (let distance = 0; distance < text.length; distance++) {
    for (const index of [middle + distance, middle - distance]) {
      const character = text[index]
      if (character !== undefined && /[0-9]/.test(character)) {
        const altered = String((Number(character) + 1) % 10)
        return { text: text.slice(0, index) + altered + text.slice(index + 1), index }
      }
    }
  }
  return { text: `${text} `, index: text.length }
}

function* climbSteps(tree: Tree, leaf: Hex, proof: InclusionProof): Generator<ProofStep, PathStep[] | null> {
  try {
    const steps = climb(leaf, proof)
    for (const [level, step] of steps.entries()) yield { kind: 'node', tree, level, step }
    return steps
  } catch (error) {
    yield { kind: 'malformed', tree, reason: (error as Error).message }
    return null
  }
}

function search(value: unknown, digest: Hex, path: string[]): string | null {
  if (typeof value === 'string') return value.toLowerCase() === digest ? path.join('.') : null
  if (value === null || typeof value !== 'object') return null
  for (const [name, inner] of Object.entries(value)) {
    const found = search(inner, digest, [...path, name])
    if (found !== null) return found
  }
  return null
}

function checkLength(path: readonly string[]): void {
  if (path.length > pathLengthMax) throw new ProofError('the path is too long')
}

function truthOf(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}

function prefixed(prefix: number, bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes.length + 1)
  all[0] = prefix
  all.set(bytes, 1)
  return all
}

function bytesOf(hex: Hex): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16)
  return bytes
}

function hexOf(bytes: Uint8Array): Hex {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Hexadecimal is told from Base64 by its length: 32 bytes are 64 or 44 characters, 64 bytes 128 or 88. */
function bytesIn(text: string): Uint8Array {
  if (/^([0-9a-f]{64}|[0-9a-f]{128})$/.test(text)) return bytesOf(text)
  if (!/^([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/.test(text)) throw new ProofError('neither hexadecimal nor Base64 of a digest')
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  if (toBase64(bytes) !== text) throw new ProofError('Base64 with stray bits')
  return bytes
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

// Sizes pass 2^31, so no bit operators.
function half(value: number): number {
  return Math.floor(value / 2)
}

function isOdd(value: number): boolean {
  return value % 2 === 1
}

function isPowerOfTwo(value: number): boolean {
  let rest = value
  while (rest > 1 && !isOdd(rest)) rest = half(rest)
  return rest === 1
}
