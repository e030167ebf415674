import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readModel } from './dmn_text'
import { emptyModel } from './empty_model'

const elderCare = readFileSync('tests/mock/rules/elder-care.dmn', 'utf8')
const inDecision = (logic: string) =>
  `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m"><decision id="d" name="D">${logic}</decision></definitions>`
const logicOf = (logic: string) => readModel(inDecision(logic))!.decisions[0].logic

describe('the reading of a model', () => {
  it('gives each table with its columns, rows and cells by their ids', () => {
    const model = readModel(elderCare)!
    expect(model.name).toBe('养老服务补贴')
    expect(model.types).toEqual(['失能等级', '户籍'])
    expect(model.decisions.map((one) => one.name)).toEqual(['补贴资格', '月补贴标准', '全年补贴'])
    const table = model.decisions[0].logic
    if (table.kind !== 'table') throw new Error(table.kind)
    expect(table.hitPolicy).toBe('UNIQUE')
    expect(table.inputs.map((column) => [column.title, column.text, column.type])).toEqual([['年龄', '年龄', 'number'], ['户籍', '户籍所在地', '户籍']])
    expect(table.rows[2]).toMatchObject({ id: 'rule-outside', inputs: [{ id: 'outside-age', text: '[60..79]' }, { text: '"外地"' }], outputs: [{ id: 'outside-result', text: '"不符合"' }] })
  })
  it('gives an expression as its text, and names the aggregation of a table', () => {
    expect(readModel(elderCare)!.decisions[2].logic).toEqual({ kind: 'text', id: 'expression-year', text: '月补贴标准 * 12' })
    expect(logicOf('<decisionTable id="t" hitPolicy="COLLECT" aggregation="SUM"/>')).toMatchObject({ hitPolicy: 'COLLECT SUM' })
  })
  it('gives other boxed expressions as named parts, one inside another', () => {
    const text = '<literalExpression id="x"><text>1</text></literalExpression>'
    expect(logicOf(`<context id="c"><contextEntry><variable name="a"/>${text}</contextEntry><contextEntry>${text}</contextEntry></context>`)).toMatchObject({ shape: 'context', parts: [{ name: 'a' }, { name: '=' }] })
    expect(logicOf(`<conditional id="c"><if>${text}</if><then>${text}</then><else>${text}</else></conditional>`)).toMatchObject({ parts: [{ name: 'if', value: { text: '1' } }, { name: 'then' }, { name: 'else' }] })
    expect(logicOf(`<for id="c" iteratorVariable="i"><in>${text}</in><return>${text}</return></for>`)).toMatchObject({ parts: [{ name: 'i in' }, { name: 'return' }] })
    expect(logicOf(`<relation id="r"><column name="p"/><row id="1">${text}</row></relation>`)).toMatchObject({ parts: [{ name: '1', value: { parts: [{ name: 'p', value: { text: '1' } }] } }] })
  })
  it('refuses what is no decision model, and survives what is no XML', () => {
    expect(readModel('<html/>')).toBeNull()
    expect(readModel('not xml <')).toBeNull()
    expect(readModel('')).toBeNull()
  })
  it('reads what a new model begins with, whatever its name holds', () => {
    const model = readModel(emptyModel('a-b', '甲 & "乙" <丙>', { decision: '结论', input: '条件' }))!
    expect(model.name).toBe('甲 & "乙" <丙>')
    expect(model.decisions[0].logic).toMatchObject({ kind: 'table', inputs: [{ text: '条件' }], rows: [{ id: 'rule-1' }] })
  })
})
