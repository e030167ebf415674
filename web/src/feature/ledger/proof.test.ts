import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { ActReceipt, Checkpoint, LedgerKey } from '@/api/types'
import { MockExchange } from '../../../tests/mock/exchange'
import { consistencyOf, MockLedger, pathOf, rootOf } from '../../../tests/mock/ledger'
import { accounts } from '../../../tests/mock/city'
import { keyTrust } from './checkpoint'
import {
  climb,
  fingerprintOf,
  isGood,
  isUnbroken,
  keyOf,
  leafHash,
  nodeHash,
  digestOf,
  placeOf,
  proveAct,
  proveCall,
  tamper,
  textOf,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
} from './proof'

const sizeMax = 40
const leaves = Array.from({ length: sizeMax }, (_, index) => leafHash(`entry ${index}`))

function flip(hex: string, at = 0): string {
  const digit = (parseInt(hex[at], 16) ^ 1).toString(16)
  return hex.slice(0, at) + digit + hex.slice(at + 1)
}

function ledgerOf(count: number): MockLedger {
  const ledger = new MockLedger(() => Date.parse('2026-11-21T00:00:00Z'))
  for (let index = 0; index < count; index++) ledger.record({ actor: 'system:test', verb: 'test.do', object: `thing:${index}` })
  ledger.sign()
  return ledger
}

describe('hashes', () => {
  it('give a leaf as SM3 over a zero byte and the entry, as OpenSSL computes it', () => {
    for (const entry of ['', 'abc', '沈阳', 'x'.repeat(200)]) {
      const expected = createHash('sm3').update(Buffer.concat([Buffer.from([0]), Buffer.from(entry)])).digest('hex')
      expect(leafHash(entry)).toBe(expected)
    }
  })
  it('give a node as SM3 over a one byte and both children, as OpenSSL computes it', () => {
    const expected = createHash('sm3').update(Buffer.from(`01${leaves[0]}${leaves[1]}`, 'hex')).digest('hex')
    expect(nodeHash(leaves[0], leaves[1])).toBe(expected)
  })
})

describe('an inclusion proof', () => {
  it('verifies for every leaf of every tree up to 40 leaves', () => {
    for (let size = 1; size <= sizeMax; size++) {
      const tree = leaves.slice(0, size)
      const root = rootOf(tree)
      for (let index = 0; index < size; index++) {
        expect(verifyInclusion(tree[index], { index, size, path: pathOf(index, tree) }, root)).toBe(true)
      }
    }
  })
  it('fails for another leaf, another index, another size, another root', () => {
    const path = pathOf(5, leaves)
    const root = rootOf(leaves)
    expect(verifyInclusion(leaves[6], { index: 5, size: sizeMax, path }, root)).toBe(false)
    expect(verifyInclusion(leaves[5], { index: 6, size: sizeMax, path }, root)).toBe(false)
    expect(verifyInclusion(leaves[5], { index: 5, size: 7, path }, root)).toBe(false)
    expect(verifyInclusion(leaves[5], { index: 5, size: sizeMax, path }, flip(root))).toBe(false)
  })
  it('fails when any one digest of the path is altered, missing, repeated or not a digest', () => {
    const path = pathOf(17, leaves)
    const root = rootOf(leaves)
    for (let at = 0; at < path.length; at++) {
      const altered = path.map((hash, i) => (i === at ? flip(hash, at) : hash))
      const variants = [altered, path.filter((_, i) => i !== at), [...path.slice(0, at), path[at], ...path.slice(at)], path.map((hash, i) => (i === at ? 'zz' : hash))]
      for (const variant of variants) expect(verifyInclusion(leaves[17], { index: 17, size: sizeMax, path: variant }, root)).toBe(false)
    }
  })
  it('is refused, not looped over, with impossible numbers', () => {
    const path = pathOf(0, leaves)
    for (const [index, size] of [[0, 0], [1, 1], [-1, 4], [0.5, 4], [2 ** 53, 2 ** 54], [Number.NaN, 4]]) {
      expect(() => climb(leaves[0], { index, size, path })).toThrow()
    }
    expect(() => climb(leaves[0], { index: 0, size: 4, path: Array<string>(65).fill(leaves[1]) })).toThrow('too long')
  })
  it('works where the numbers pass 32 bits', () => {
    const size = 2 ** 40
    const path = Array.from({ length: 40 }, (_, level) => leaves[level % sizeMax])
    expect(climb(leaves[0], { index: 2 ** 39 + 1, size, path })).toHaveLength(40)
  })
})

describe('a consistency proof', () => {
  it('verifies between every pair of sizes up to 24', () => {
    for (let after = 1; after <= 24; after++) {
      for (let before = 1; before <= after; before++) {
        const proof = { old_size: before, new_size: after, path: consistencyOf(before, leaves.slice(0, after)) }
        expect(verifyConsistency(proof, rootOf(leaves.slice(0, before)), rootOf(leaves.slice(0, after)))).toBe(true)
      }
    }
  })
  it('fails when an earlier entry was altered or dropped', () => {
    const altered = [...leaves]
    altered[3] = leafHash('altered')
    const dropped = leaves.filter((_, index) => index !== 3)
    for (const history of [altered, dropped]) {
      const proof = { old_size: 11, new_size: 30, path: consistencyOf(11, history.slice(0, 30)) }
      expect(verifyConsistency(proof, rootOf(leaves.slice(0, 11)), rootOf(history.slice(0, 30)))).toBe(false)
    }
  })
  it('fails with an altered path, a shrinking ledger, or the same size and another root', () => {
    const path = consistencyOf(11, leaves.slice(0, 30))
    const roots = [rootOf(leaves.slice(0, 11)), rootOf(leaves.slice(0, 30))] as const
    for (let at = 0; at < path.length; at++) {
      expect(verifyConsistency({ old_size: 11, new_size: 30, path: path.map((hash, i) => (i === at ? flip(hash) : hash)) }, ...roots)).toBe(false)
    }
    expect(verifyConsistency({ old_size: 11, new_size: 30, path: path.slice(1) }, ...roots)).toBe(false)
    expect(verifyConsistency({ old_size: 30, new_size: 11, path }, ...roots)).toBe(false)
    expect(verifyConsistency({ old_size: 0, new_size: 30, path: [] }, ...roots)).toBe(false)
    expect(verifyConsistency({ old_size: 30, new_size: 30, path: [] }, roots[1], flip(roots[1]))).toBe(false)
  })
})

describe('a change of the key', () => {
  const ledger = ledgerOf(9)
  const before = ledger.newest()
  const first = ledger.publicKey
  ledger.rotate('1'.repeat(64))
  const closing = ledger.newest()
  ledger.record({ actor: 'system:test', verb: 'test.act', object: 'test:1' })
  const after = ledger.sign()!
  const { keys } = ledger

  it('gives every checkpoint the key of its size', () => {
    expect(keyOf(keys, closing.size).point).toBe(first)
    expect(keyOf(keys, after.size).point).toBe(ledger.publicKey)
    for (const one of [before, closing, after]) expect(verifyCheckpoint(one, keyOf(keys, one.size).point)).toBe(true)
    expect(verifyCheckpoint(after, first)).toBe(false)
  })
  it('proves an act under the present checkpoint with the new key, and an old receipt with the old one', () => {
    const receipt = ledger.receipt(3)!
    expect(isGood([...proveAct(receipt, keyOf(keys, receipt.checkpoint.size).point)])).toBe(true)
    expect(isGood([...proveAct(receipt, first)])).toBe(false)
  })
  it('is believed only where the old key signed it', () => {
    expect(isUnbroken(keys)).toBe(true)
    const handover = keys[1].handover!
    const other = ledgerOf(4).keys[0]
    const forgeries: LedgerKey[] = [
      { ...keys[1], handover: null },
      { ...keys[1], after: keys[1].after + 1 },
      { ...keys[1], point: flip(keys[1].point, 100) },
      { ...keys[1], handover: { ...handover, body: handover.body.replace('rotate', 'retain') } },
      { ...keys[1], handover: { ...handover, checkpoint: { ...handover.checkpoint, signature: after.signature } } },
      { ...keys[1], handover: ledger.receipt(handover.proof.index) },
    ]
    for (const forged of forgeries) expect(isUnbroken([keys[0], forged])).toBe(false)
    expect(isUnbroken([{ ...other, point: flip(other.point, 100) }, keys[1]])).toBe(false)
  })
  it('is told from a foreign key', () => {
    const memory = { fingerprint: fingerprintOf(first), since: '2026-01-01T00:00:00Z' }
    expect(keyTrust(memory, keys.slice(0, 1))).toBe('same')
    expect(keyTrust(memory, keys)).toBe('handed-over')
    expect(keyTrust(memory, keys.slice(1))).toBe('foreign')
    expect(keyTrust(memory, [keys[0], { ...keys[1], handover: null }])).toBe('foreign')
  })
})

describe('a checkpoint', () => {
  const ledger = ledgerOf(9)
  const checkpoint = ledger.newest()

  it('verifies under the key of its city only', () => {
    expect(verifyCheckpoint(checkpoint, ledger.publicKey)).toBe(true)
    expect(verifyCheckpoint(checkpoint, flip(ledger.publicKey, 100))).toBe(false)
    expect(verifyCheckpoint(checkpoint, 'not a key')).toBe(false)
  })
  it('fails when any member is altered', () => {
    const other = ledgerOf(8).newest()
    const variants = [
      { size: 8 },
      { root: other.root },
      { at: '2026-11-21T00:00:00.000001Z' },
      { origin: 'shu/210200' },
      { hash: 'sha256' },
      { signature: '' },
      { signature: other.signature },
      { signature: checkpoint.signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) },
    ]
    for (const variant of variants) expect(verifyCheckpoint({ ...checkpoint, ...variant } as Checkpoint, ledger.publicKey)).toBe(false)
  })
  it('has no text when a member cannot be', () => {
    for (const variant of [{ origin: 'a\nb' }, { origin: '' }, { size: -1 }, { size: 1.5 }, { root: 'x' }, { at: '2026-11-21' }]) {
      expect(() => textOf({ ...checkpoint, ...variant })).toThrow()
    }
  })
})

describe('the example of docs/format/receipt.md', () => {
  const folder = `${dirname(fileURLToPath(import.meta.url))}/../../../../docs/format/`
  const receipt = JSON.parse(/```json\n(.*?)\n```/s.exec(readFileSync(`${folder}receipt.md`, 'utf8'))![1]) as ActReceipt
  const page = readFileSync(`${folder}checkpoint.md`, 'utf8')
  const key = /```key\n([0-9a-f]+)\n```/.exec(page)![1]

  it('has the signed text that the document prints', () => {
    expect(textOf(receipt.checkpoint)).toBe(`${/```text\n(shu checkpoint.*?)\n```/s.exec(page)![1]}\n`)
  })
  it('verifies, though another program made it', () => {
    expect(isGood([...proveAct(receipt, key)])).toBe(true)
  })
  it('fails for each byte of its body that is altered', () => {
    for (let at = 0; at < receipt.body.length; at += 7) {
      const body = receipt.body.slice(0, at) + String.fromCharCode(receipt.body.charCodeAt(at) ^ 1) + receipt.body.slice(at + 1)
      expect(isGood([...proveAct({ ...receipt, body }, key)])).toBe(false)
    }
  })
})

describe('a digest', () => {
  it('is read from hexadecimal and from Base64, and from nothing else', () => {
    const base64 = Buffer.from(leaves[0], 'hex').toString('base64')
    expect(digestOf(leaves[0])).toBe(leaves[0])
    expect(digestOf(base64)).toBe(leaves[0])
    const stray = base64.slice(0, 42) + (base64[42] === 'A' ? 'B' : String.fromCharCode(base64.charCodeAt(42) + 1)) + '='
    for (const text of ['', 'zz', leaves[0].slice(1), base64.slice(0, 43), `${base64}=`, stray]) expect(() => digestOf(text)).toThrow()
  })
})

describe('an act', () => {
  it('is proved from its body to the signature', () => {
    const ledger = ledgerOf(21)
    for (const sequence of [0, 13, 20]) expect(isGood([...proveAct(ledger.receipt(sequence)!, ledger.publicKey)])).toBe(true)
  })
  it('fails at the root when one byte of its body is altered', () => {
    const ledger = ledgerOf(21)
    const receipt = ledger.receipt(13)!
    const steps = [...proveAct({ ...receipt, body: tamper(receipt.body).text }, ledger.publicKey)]
    expect(isGood(steps)).toBe(false)
    expect(steps.find((step) => step.kind === 'root')).toMatchObject({ ok: false })
    expect(steps.at(-1)).toMatchObject({ kind: 'signature', ok: true })
  })
  it('is not proved by a path that cannot be', () => {
    const ledger = ledgerOf(21)
    const receipt = ledger.receipt(13)!
    const steps = [...proveAct({ ...receipt, proof: { ...receipt.proof, path: [] } }, ledger.publicKey)]
    expect(steps.at(-1)?.kind).toBe('malformed')
    expect(isGood(steps)).toBe(false)
  })
})

describe('a call', () => {
  const ledger = ledgerOf(5)
  const exchange = new MockExchange(ledger, () => Date.parse('2026-11-21T00:00:00Z'))
  const [police, social] = accounts
  const application = exchange.apply(social, { dataset: 'population', fields: ['id_number', 'name'], purpose: 'p', basis: 'b', days: 1, quota_per_day: 10 })
  exchange.decide(police, application, { approve: true, reason: '' })
  const calls = Array.from({ length: 7 }, (_, index) => exchange.call(exchange.grants[0], index).call)
  exchange.seal()
  ledger.sign()

  it('is proved through its batch and the sealing act', () => {
    for (const call of calls) expect(isGood([...proveCall(exchange.receipt(call.id)!, ledger.publicKey)])).toBe(true)
  })
  it('fails when one byte of its record is altered, and names the step', () => {
    const receipt = exchange.receipt(calls[3].id)!
    const steps = [...proveCall({ ...receipt, record: tamper(receipt.record).text }, ledger.publicKey)]
    expect(isGood(steps)).toBe(false)
    expect(steps.find((step) => step.kind === 'stated')).toMatchObject({ ok: false })
  })
  it('fails when the act that is shown seals another batch', () => {
    const receipt = exchange.receipt(calls[3].id)!
    const steps = [...proveCall({ ...receipt, act_receipt: ledger.receipt(1)! }, ledger.publicKey)]
    expect(isGood(steps)).toBe(false)
  })
  it('does not trust the batch root that the receipt claims', () => {
    const receipt = exchange.receipt(calls[3].id)!
    const forged = { ...receipt, record: 'forged', batch_root: leafHash('forged'), path: [], leaf_index: 0, batch_size: 1 }
    expect(isGood([...proveCall(forged, ledger.publicKey)])).toBe(false)
  })
})

describe('altering a byte', () => {
  it('changes exactly one character', () => {
    const text = '{"at":"2026-11-21","rows":1}'
    const altered = tamper(text)
    expect(altered.text).toHaveLength(text.length)
    expect([...altered.text].filter((character, index) => character !== text[index])).toHaveLength(1)
  })
})

describe('the place of a digest in an act', () => {
  it('is found in any depth and not guessed', () => {
    expect(placeOf(`{"detail":{"trees":[{"root":"${leaves[0]}"}]}}`, leaves[0])).toBe('detail.trees.0.root')
    expect(placeOf('{"detail":{}}', leaves[0])).toBeNull()
    expect(placeOf('not json', leaves[0])).toBeNull()
  })
})
