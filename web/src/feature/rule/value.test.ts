import { describe, expect, it } from 'vitest'
import type { RuleElement, RuleType } from './rule_api'
import { blank, freeText, inputFor, inputsOf, parseFree, plainText, sameValue, valueText } from './value'

const number: RuleType = { name: 'number', kind: 'number' }
const person: RuleType = { name: '人', kind: 'context', fields: [{ name: '年龄', type: number }, { name: '证件', type: { name: '', kind: 'list', items: number } }] }
const element = (name: string, type: RuleType, inputs: string[] = []): RuleElement => ({ id: name, name, kind: 'input', type, inputs, label: '' })

describe('values', () => {
  it('are the same when they mean the same', () => {
    expect(sameValue({ a: 1, b: [1, 'x'] }, { b: [1, 'x'], a: 1 })).toBe(true)
    expect(sameValue({ a: null }, {})).toBe(true)
    expect(sameValue(null, undefined)).toBe(true)
  })
  it('are different when anything differs, also in kind', () => {
    for (const [a, b] of [[1, '1'], [null, 0], [null, false], [[1], [1, 2]], [[1, 2], [2, 1]], [{ a: 1 }, { a: 2 }], [[], {}], [{ a: 1 }, 'a']] as const) {
      expect(sameValue(a as never, b as never), JSON.stringify([a, b])).toBe(false)
      expect(sameValue(b as never, a as never), JSON.stringify([b, a])).toBe(false)
    }
  })
  it('begin empty, with the fields that their type declares', () => {
    expect(blank(number)).toBeNull()
    expect(blank(person)).toEqual({ 年龄: null, 证件: [] })
  })
  it('keep what was given when another decision is chosen', () => {
    expect(inputFor([element('年龄', number), element('人', person)], { 年龄: 80, 别的: 1 })).toEqual({ 年龄: 80, 人: { 年龄: null, 证件: [] } })
  })
  it('are asked for as the decision needs them, in its order', () => {
    const all = [element('甲', number), element('乙', number)]
    expect(inputsOf(element('丙', number, ['乙', '没有', '甲']), all).map((one) => one.name)).toEqual(['乙', '甲'])
    expect(inputsOf(undefined, all)).toEqual([])
  })
  it('of no declared type are JSON or the text itself, and come back as they were typed', () => {
    expect(['12', 'true', '"12"', '[1]', '沈阳', ' ', '{bad'].map(parseFree)).toEqual([12, true, '12', [1], '沈阳', null, '{bad'])
    for (const value of [12, true, '12', 'true', '沈阳', [1, 'x'], { a: null }]) expect(parseFree(freeText(value))).toEqual(value)
  })
  it('are written as FEEL for officials and plainly for everybody', () => {
    expect(valueText({ a: [1, '乙', null], b: true })).toBe('{a: [1, "乙", null], b: true}')
    expect([null, true, '甲', 3].map((value) => plainText(value, '是', '否', '无'))).toEqual(['无', '是', '甲', '3'])
  })
})
