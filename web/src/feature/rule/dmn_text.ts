// A decision model's XML as people read it: decisions with their tables and expressions. Reads DMN 1.1 to 1.5 by local names and
// judges nothing; what is right or wrong the server says (POST /api/rules/check).

export interface TableColumn {
  id: string
  title: string
  /** the expression of an input, the name of an output */
  text: string
  type: string
  values: string
}

export interface TableCell {
  id: string
  text: string
}

export interface TableRow {
  id: string
  inputs: TableCell[]
  outputs: TableCell[]
  notes: string[]
  description: string
}

export type Boxed =
  | { kind: 'table'; id: string; hitPolicy: string; inputs: TableColumn[]; outputs: TableColumn[]; notes: string[]; rows: TableRow[] }
  | { kind: 'text'; id: string; text: string }
  | { kind: 'parts'; id: string; shape: string; parts: { name: string; value: Boxed }[] }
  | { kind: 'none' }

export interface DecisionText {
  id: string
  name: string
  question: string
  description: string
  isKnowledge: boolean
  logic: Boxed
}

export interface ModelText {
  name: string
  /** the types that the model declares, by name */
  types: string[]
  decisions: DecisionText[]
}

const nothing: Boxed = { kind: 'none' }
/** Elements that hold one boxed expression each, by the shape they belong to. */
const shapes = new Set(['context', 'invocation', 'list', 'relation', 'functionDefinition', 'conditional', 'filter', 'for', 'some', 'every'])
const holders = new Set(['if', 'then', 'else', 'in', 'match', 'return', 'satisfies'])

/** Null: this text is not well-formed XML or no decision model. */
export function readModel(xml: string): ModelText | null {
  const root = new DOMParser().parseFromString(xml, 'application/xml').documentElement
  if (root.localName !== 'definitions') return null
  const decisions = [...root.children].filter((child) => child.localName === 'decision' || child.localName === 'businessKnowledgeModel')
  return { name: root.getAttribute('name') ?? '', types: children(root, 'itemDefinition').map((type) => attribute(type, 'name')).filter(Boolean), decisions: decisions.map(decisionOf) }
}

function decisionOf(element: Element): DecisionText {
  const isKnowledge = element.localName === 'businessKnowledgeModel'
  const logic = isKnowledge ? child(element, 'encapsulatedLogic') : [...element.children].find(isBoxed)
  return {
    id: attribute(element, 'id'),
    name: attribute(element, 'name'),
    question: textOf(child(element, 'question')),
    description: textOf(child(element, 'description')),
    isKnowledge,
    logic: logic === undefined ? nothing : isKnowledge ? functionOf(logic) : boxedOf(logic),
  }
}

function isBoxed(element: Element): boolean {
  return element.localName === 'decisionTable' || element.localName === 'literalExpression' || shapes.has(element.localName)
}

function boxedOf(element: Element): Boxed {
  const id = attribute(element, 'id')
  if (element.localName === 'decisionTable') return tableOf(element)
  if (element.localName === 'literalExpression') return { kind: 'text', id, text: textOf(child(element, 'text')) }
  if (element.localName === 'functionDefinition') return functionOf(element)
  return { kind: 'parts', id, shape: element.localName, parts: partsOf(element) }
}

function functionOf(element: Element): Boxed {
  const names = children(element, 'formalParameter').map((parameter) => attribute(parameter, 'name'))
  const body = [...element.children].find(isBoxed)
  const value = body === undefined ? nothing : boxedOf(body)
  return { kind: 'parts', id: attribute(element, 'id'), shape: 'functionDefinition', parts: [{ name: `(${names.join(', ')})`, value }] }
}

function partsOf(element: Element): { name: string; value: Boxed }[] {
  if (element.localName === 'relation') return relationRows(element)
  const parts: { name: string; value: Boxed }[] = []
  const iterator = element.getAttribute('iteratorVariable')
  for (const part of element.children) {
    if (part.localName === 'contextEntry') parts.push({ name: attribute(child(part, 'variable'), 'name') || '=', value: firstBoxed(part) })
    else if (part.localName === 'binding') parts.push({ name: attribute(child(part, 'parameter'), 'name'), value: firstBoxed(part) })
    else if (holders.has(part.localName)) parts.push({ name: part.localName === 'in' && iterator ? `${iterator} in` : part.localName, value: firstBoxed(part) })
    else if (isBoxed(part)) parts.push({ name: element.localName === 'invocation' ? '()' : String(parts.length + 1), value: boxedOf(part) })
  }
  return parts
}

function relationRows(element: Element): { name: string; value: Boxed }[] {
  const names = children(element, 'column').map((column) => attribute(column, 'name'))
  return children(element, 'row').map((row, index) => ({
    name: String(index + 1),
    value: { kind: 'parts', id: attribute(row, 'id'), shape: 'row', parts: [...row.children].filter(isBoxed).map((cell, at) => ({ name: names[at] ?? '', value: boxedOf(cell) })) },
  }))
}

function firstBoxed(element: Element): Boxed {
  const found = [...element.children].find(isBoxed)
  return found === undefined ? nothing : boxedOf(found)
}

function tableOf(element: Element): Boxed {
  const inputs = children(element, 'input').map((input) => {
    const expression = child(input, 'inputExpression')
    const text = textOf(child(expression, 'text'))
    return column(input, input.getAttribute('label') || text, text, attribute(expression, 'typeRef'), child(input, 'inputValues'))
  })
  const outputs = children(element, 'output').map((output) => {
    const name = attribute(output, 'name')
    return column(output, output.getAttribute('label') || name || outputLabel(element), name, attribute(output, 'typeRef'), child(output, 'outputValues'))
  })
  const rows = children(element, 'rule').map((rule) => ({
    id: attribute(rule, 'id'),
    inputs: children(rule, 'inputEntry').map(cellOf),
    outputs: children(rule, 'outputEntry').map(cellOf),
    notes: children(rule, 'annotationEntry').map((note) => textOf(child(note, 'text'))).filter(Boolean),
    description: textOf(child(rule, 'description')),
  }))
  const aggregation = attribute(element, 'aggregation')
  const notes = children(element, 'annotation').map((note) => attribute(note, 'name'))
  return { kind: 'table', id: attribute(element, 'id'), hitPolicy: `${attribute(element, 'hitPolicy') || 'UNIQUE'}${aggregation ? ` ${aggregation}` : ''}`, inputs, outputs, notes, rows }
}

function column(element: Element, title: string, text: string, type: string, values: Element | undefined): TableColumn {
  return { id: attribute(element, 'id'), title, text, type, values: textOf(child(values, 'text')) }
}

function outputLabel(table: Element): string {
  return table.getAttribute('outputLabel') ?? attribute(table.parentElement ?? undefined, 'name')
}

function cellOf(element: Element): TableCell {
  return { id: attribute(element, 'id'), text: textOf(child(element, 'text')) }
}

function children(element: Element | undefined, name: string): Element[] {
  return element === undefined ? [] : [...element.children].filter((one) => one.localName === name)
}

function child(element: Element | undefined, name: string): Element | undefined {
  return children(element, name)[0]
}

function textOf(element: Element | undefined): string {
  return element?.textContent?.trim() ?? ''
}

function attribute(element: Element | undefined, name: string): string {
  return element?.getAttribute(name) ?? ''
}
