// A toy of the rule engine, enough for the pages' tests: tables over numbers and texts, `name * number`, and the simplest findings.
import { JSDOM } from 'jsdom'
import { readModel, type Boxed, type DecisionText } from '../../src/feature/rule/dmn_text'
import type { Evaluated, Explained, ExplainedTable, Finding, Json, Report, RuleElement, RuleProblem, RuleType, Values } from '../../src/feature/rule/rule_api'

const { window } = new JSDOM()
globalThis.DOMParser ??= window.DOMParser
globalThis.XMLSerializer ??= window.XMLSerializer

type Table = Extract<Boxed, { kind: 'table' }>

/** What a condition says about a value; null: it is not written in FEEL (as far as this toy knows). */
export function holds(test: string, value: Json): boolean | null {
  const text = test.trim()
  if (text === '-' || text === '') return true
  const parts = text.match(/"[^"]*"|[[(][^\])]*[\])]|[<>]=?\s*-?[\d.]+|-?[\d.]+/g)
  if (parts === null || parts.join(',').replace(/\s/g, '') !== text.replace(/\s/g, '')) return null
  return parts.some((part) => one(part, value))
}

function one(part: string, value: Json): boolean {
  const range = /^([[(])(-?[\d.]+?)\.\.(-?[\d.]+)([\])])$/.exec(part)
  if (part.startsWith('"')) return value === part.slice(1, -1)
  if (typeof value !== 'number') return false
  if (range) return (range[1] === '[' ? value >= Number(range[2]) : value > Number(range[2])) && (range[4] === ']' ? value <= Number(range[3]) : value < Number(range[3]))
  const [, sign, limit] = /^([<>]?=?)\s*(.+)$/.exec(part)!
  const number = Number(limit)
  return sign === '<' ? value < number : sign === '<=' ? value <= number : sign === '>' ? value > number : sign === '>=' ? value >= number : value === number
}

function literal(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

interface Part {
  name: string
  id: string
  needs: string[]
  type: RuleType
  label: string
}

function partsOf(xml: string): { inputs: Part[]; decisions: (Part & { text: DecisionText })[]; name: string } | null {
  const model = readModel(xml)
  if (model === null) return null
  const root = new DOMParser().parseFromString(xml, 'application/xml').documentElement
  const elements = [...root.children]
  const names = new Map(elements.map((element) => [element.getAttribute('id') ?? '', element.getAttribute('name') ?? '']))
  const types = new Map<string, RuleType>()
  for (const item of elements.filter((element) => element.localName === 'itemDefinition')) {
    const values = [...item.querySelectorAll('allowedValues > text')].flatMap((text) => JSON.parse(`[${text.textContent}]`) as Json[])
    types.set(item.getAttribute('name')!, { name: item.getAttribute('name')!, kind: 'string', ...(values.length ? { values } : {}) })
  }
  const part = (element: Element): Part => {
    const type = element.querySelector('variable')?.getAttribute('typeRef') ?? ''
    return {
      name: element.getAttribute('name') ?? '',
      id: element.getAttribute('id') ?? '',
      needs: [...element.querySelectorAll('requiredInput, requiredDecision')].map((need) => names.get(need.getAttribute('href')!.slice(1)) ?? ''),
      type: types.get(type) ?? { name: type, kind: type === 'number' || type === 'string' || type === 'boolean' || type === 'date' ? type : 'any' },
      label: (element.querySelector('question') ?? element.querySelector('description'))?.textContent ?? '',
    }
  }
  return {
    name: model.name,
    inputs: elements.filter((element) => element.localName === 'inputData').map(part),
    decisions: elements.filter((element) => element.localName === 'decision').map((element) => ({ ...part(element), text: model.decisions.find((decision) => decision.id === element.getAttribute('id'))! })),
  }
}

export function checkModel(xml: string): Report {
  const parts = partsOf(xml)
  const empty = { findings: [], decisions: [], inputs: [], services: [], knowledge: [], digest: String(xml.length) }
  if (parts === null) return { ok: false, name: '', namespace: '', problems: [{ place: '', cell: '', element: '', line: 1, column: 1, message: '这不是 DMN 决策模型', severity: 'error' }], ...empty }
  const problems: RuleProblem[] = []
  const findings: Finding[] = []
  for (const decision of parts.decisions) if (decision.text.logic.kind === 'table') checkTable(decision, decision.text.logic, problems, findings)
  const element = (part: Part, kind: RuleElement['kind'], inputs: string[]): RuleElement => ({ id: part.id, name: part.name, kind, type: part.type, inputs, label: part.label })
  return {
    ...empty, ok: problems.length === 0, name: parts.name, namespace: '', problems, findings,
    decisions: parts.decisions.map((decision) => element(decision, 'decision', allInputs(parts, decision))),
    inputs: parts.inputs.map((input) => element(input, 'input', [])),
  }
}

function allInputs(parts: NonNullable<ReturnType<typeof partsOf>>, decision: Part): string[] {
  return [...new Set(decision.needs.flatMap((name) => {
    const other = parts.decisions.find((one_) => one_.name === name)
    return other ? allInputs(parts, other) : [name]
  }))]
}

function checkTable(decision: Part, table: Table, problems: RuleProblem[], findings: Finding[]): void {
  const place = (row: number, column: number) => `决策“${decision.name}”第 ${row + 1} 行第 ${column + 1} 列`
  table.rows.forEach((row, at) => {
    row.inputs.forEach((cell, column) => {
      if (holds(cell.text, 0) === null) problems.push({ place: place(at, column), cell: cell.id, element: decision.id, line: 1, column: 1, message: { zh: `条件 ${cell.text} 写得不对`, en: `the condition ${cell.text} is not well written` }, severity: 'error' })
    })
    const twin = table.rows.findIndex((other, index) => index < at && other.inputs.every((cell, column) => cell.text === row.inputs[column].text))
    if (twin >= 0) findings.push({ kind: table.hitPolicy === 'FIRST' ? 'never-fires' : 'overlap', place: place(at, 0), cell: table.id, element: decision.id, rules: [twin + 1, at + 1], rule_cells: [row.id], line: 1, column: 1, message: { zh: `第 ${twin + 1} 行与第 ${at + 1} 行条件相同`, en: `rows ${twin + 1} and ${at + 1} have the same conditions` } })
  })
  if (table.rows.some((row) => row.inputs[0]?.text === '[60..79]')) {
    findings.push({ kind: 'gap', place: `决策“${decision.name}”`, cell: table.id, element: decision.id, rules: [], rule_cells: [], line: 1, column: 1, message: { zh: '没有一行适用于：年龄 > 79 且户籍为 "外地"', en: 'no row applies when 年龄 > 79 and 户籍 is "外地"' } })
  }
}

export function evaluateModel(xml: string, asked: string, input: Values, model: Evaluated['model'] = null): Evaluated {
  const parts = partsOf(xml)!
  const explanation: Explained[] = []
  const known: Values = { ...input }
  const visit = (name: string): Json => {
    const decision = parts.decisions.find((one_) => one_.name === name)
    if (decision === undefined || explanation.some((one_) => one_.decision === name)) return known[name] ?? null
    for (const need of decision.needs) visit(need)
    const tables: ExplainedTable[] = []
    const logic = decision.text.logic
    known[name] = logic.kind === 'table' ? runTable(decision, logic, known, tables) : logic.kind === 'text' ? product(logic.text, known) : null
    explanation.push({ decision: name, element: decision.id, inputs: decision.needs.map((need) => ({ name: need, value: known[need] ?? null })), value: known[name], tables })
    return known[name]
  }
  const output = visit(asked)
  return { model, decision: asked, output, warnings: [], explanation }
}

function product(text: string, known: Values): Json {
  const match = /^(.+?)\s*\*\s*([\d.]+)$/.exec(text)
  return match ? Number(known[match[1]] ?? 0) * Number(match[2]) : (literal(text) ?? known[text] ?? null)
}

function runTable(decision: Part, table: Table, known: Values, tables: ExplainedTable[]): Json {
  const given = table.inputs.map((column) => ({ name: column.title, value: known[column.text] ?? null }))
  let taken = false
  const rows = table.rows.map((row, at) => {
    const failed = row.inputs.findIndex((cell, column) => holds(cell.text, given[column].value) !== true)
    const fired = failed < 0 && !(taken && table.hitPolicy === 'FIRST')
    taken ||= fired
    const cell = row.inputs[failed]
    return { rule: at + 1, cell: row.id, fired, ...(failed >= 0 ? { failed: { input: failed + 1, cell: cell.id, name: given[failed].name, condition: cell.text, value: given[failed].value } } : {}) }
  })
  tables.push({ place: decision.name, cell: table.id, hit_policy: table.hitPolicy, inputs: given, rows })
  const index = rows.findIndex((row) => row.fired)
  return index < 0 ? null : (literal(table.rows[index].outputs[0].text) ?? null)
}
