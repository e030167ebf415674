// Values of inputs and answers: what a form starts with, what people read, and when an answer is the expected one.
import type { Json, RuleElement, RuleType, Values } from './rule_api'

/** What a form field starts with: nothing, but a structure has its fields and a list is there. */
export function blank(type: RuleType): Json {
  if (type.kind === 'context' && type.fields) return Object.fromEntries(type.fields.map((field) => [field.name, blank(field.type)]))
  return type.kind === 'list' ? [] : null
}

/** The inputs with a value for each declared one: kept where one of that name was given before. */
export function inputFor(inputs: readonly RuleElement[], before: Values): Values {
  return Object.fromEntries(inputs.map((input) => [input.name, input.name in before ? before[input.name] : blank(input.type)]))
}

/** The inputs that a decision needs, directly or through others; of a service its parameters. */
export function inputsOf(decision: RuleElement | undefined, all: readonly RuleElement[]): RuleElement[] {
  if (decision === undefined) return []
  return decision.inputs.flatMap((name) => all.find((one) => one.name === name) ?? [])
}

/** A value in one line, as FEEL would write it. */
export function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'string') return `"${value}"`
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (typeof value === 'object') return `{${Object.entries(value).map(([name, part]) => `${name}: ${valueText(part)}`).join(', ')}}`
  return String(value)
}

/** For people who do not write FEEL: plain text without quotes at the top. */
export function plainText(value: Json | undefined, yes: string, no: string, none: string): string {
  if (value === undefined || value === null) return none
  if (typeof value === 'boolean') return value ? yes : no
  return typeof value === 'string' ? value : valueText(value)
}

/** Deep equality; the order of a context's entries does not matter, an entry that is missing is null. */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || a === null || b === undefined || b === null) return (a ?? null) === (b ?? null)
  if (typeof a !== 'object' || typeof b !== 'object') return a === b
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((part, index) => sameValue(part, b[index]))
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => sameValue(a[name], b[name]))
}

/** What a person typed where no type is declared: JSON if it is JSON, else the text itself; nothing is null. */
export function parseFree(text: string): Json {
  const trimmed = text.trim()
  if (trimmed === '') return null
  try {
    return JSON.parse(trimmed) as Json
  } catch {
    return trimmed
  }
}

export function freeText(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' && parseFree(value) === value ? value : JSON.stringify(value)
}
