// Proofs checked by the browser itself: the Merkle tree of RFC 9162 2.1 over SM3, and the checkpoint's SM2 signature.
// Nothing here asks the server. Pure functions; the generators yield every computed value so that a page can draw it.
import { sm2, sm3 } from 'sm-crypto-v2'
import type { ActReceipt, CallReceipt, Checkpoint } from '@/api/types'

export type Hex = string

export interface InclusionProof {
  index: number
  size: number
  path: Hex[]
}

export interface ConsistencyProof {
  old_size: number
  new_size: number
  path: Hex[]
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
const hashPattern = /^[0-9a-f]{64}$/
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
  checkPath(path)
  const steps: PathStep[] = []
  let position = index
  let last = size - 1
  let hash = leaf
  for (const sibling of path) {
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
  checkPath(path)
  const rest = isPowerOfTwo(old_size) ? [oldRoot, ...path] : [...path]
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

export interface SignedStatement {
  origin: string
  hash: string
  size: number
  root: Hex
  at: string
}

/** What the signature covers: five lines, the root in Base64. docs/format/checkpoint.md. */
export function readStatement(text: string): SignedStatement {
  const lines = text.split('\n')
  if (lines.length !== 6 || lines[5] !== '') throw new ProofError('a checkpoint has five lines')
  const [origin, hash, size, root, at] = lines
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size)) throw new ProofError('the size is not a number')
  const bytes = fromBase64(root)
  if (bytes.length !== 32) throw new ProofError('the root is not 32 bytes')
  return { origin, hash, size: Number(size), root: hexOf(bytes), at }
}

/** SM2 with SM3 over the checkpoint's text, by the city's key. GB/T 32918.2-2016 7.1. */
export function verifySignature(checkpoint: Pick<Checkpoint, 'text' | 'signature'>, keyPoint: Hex): boolean {
  return truthOf(() => {
    if (!/^[0-9a-f]{128}$/i.test(checkpoint.signature) || !/^04[0-9a-f]{128}$/i.test(keyPoint)) return false
    return sm2.doVerifySignature(utf8.encode(checkpoint.text), checkpoint.signature.toLowerCase(), keyPoint.toLowerCase(), {
      hash: true,
      userId: signerId,
    })
  })
}

/** The signature and that the plain fields say what was signed. */
export function verifyCheckpoint(checkpoint: Checkpoint, keyPoint: Hex): boolean {
  return truthOf(() => {
    const signed = readStatement(checkpoint.text)
    const same = signed.size === checkpoint.size && signed.root === checkpoint.root && signed.origin === checkpoint.origin
    return same && verifySignature(checkpoint, keyPoint)
  })
}

/** The key's fingerprint, SM3 of its point: what a city prints in its gazette. */
export function fingerprintOf(keyPoint: Hex): Hex {
  return sm3(bytesOf(keyPoint.toLowerCase()))
}

/** An act: leaf, path, root as signed, signature. */
export function* proveAct(receipt: ActReceipt, keyPoint: Hex): Generator<ProofStep> {
  const leaf = leafHash(receipt.body)
  yield { kind: 'leaf', tree: 'ledger', hash: leaf }
  const proof = { index: Number(receipt.proof.index), size: Number(receipt.proof.size), path: receipt.proof.path }
  const steps = yield* climbSteps('ledger', leaf, proof)
  if (steps === null) return
  const computed = steps.at(-1)?.result ?? leaf
  let signed: SignedStatement
  try {
    signed = readStatement(receipt.checkpoint.text)
  } catch (error) {
    yield { kind: 'malformed', tree: 'ledger', reason: (error as Error).message }
    return
  }
  const ok = signed.root === computed && signed.size === proof.size && signed.hash === 'sm3'
  yield { kind: 'root', ok, computed, stated: signed.root, size: signed.size }
  yield {
    kind: 'signature',
    ok: verifySignature(receipt.checkpoint, keyPoint),
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

function checkPath(path: readonly Hex[]): void {
  if (path.length > pathLengthMax) throw new ProofError('the path is too long')
  if (!path.every((hash) => hashPattern.test(hash))) throw new ProofError('the path holds something that is no SM3 digest')
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

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
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
