// The shapes of /api/rules, and the calls that more than one part of this feature makes.
import { get, getText, post } from '@/api/client'

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
export type Values = Record<string, Json>
/** A sentence: in both languages where the server speaks both. */
export type Sentence = string | { zh: string; en: string }

export interface Draft {
  digest: string
  drawn_by: string
  drawn_at: string
  note: string
  base: number | null
  may_publish: boolean
  why_not: string | null
}

export interface Version {
  number: number
  digest: string
  from: string
  until: string | null
  state: 'in-force' | 'scheduled' | 'past' | 'cancelled'
  published_at: string
  published_by: string
  drawn_by: string
  note: string
  basis: string
  source: 'draft' | 'folder' | 'rollback'
  of: number | null
  cancelled_at?: string | null
  cancelled_by?: string
  cancel_reason?: string
}

export interface RuleSummary {
  code: string
  name: string
  name_en: string
  owner: string
  owner_name: string
  basis: string
  four_eyes: boolean
  record: boolean
  /** days after which recorded inputs and outputs are deleted; null: never */
  keep_days?: number | null
  created_at: string
  withdrawn_at: string | null
  in_force: number | null
  /** of the list only; the counts are of the version in force, else of the draft, null when it was too large to count at once */
  in_force_from?: string | null
  errors?: number | null
  findings?: number | null
  draft: Draft | null
}

export interface RuleModel extends RuleSummary {
  versions: Version[]
  version_count: number
}

export interface RuleProblem {
  place: string
  cell: string
  element: string
  line: number
  column: number
  message: Sentence
  severity: 'error' | 'warning'
}

export type FindingKind = 'gap' | 'overlap' | 'conflict' | 'never-fires' | 'not-analysed' | 'missing-value'

export interface Finding {
  kind: FindingKind
  place: string
  cell: string
  element: string
  rules: number[]
  rule_cells: string[]
  line: number
  column: number
  message: Sentence
}

export type TypeKind =
  | 'any'
  | 'string'
  | 'number'
  | 'boolean'
  | 'date'
  | 'time'
  | 'date and time'
  | 'days and time duration'
  | 'years and months duration'
  | 'list'
  | 'context'
  | 'function'

export interface RuleType {
  name: string
  kind: TypeKind
  values?: Json[]
  allowed?: string
  fields?: { name: string; type: RuleType }[]
  items?: RuleType
}

export interface RuleElement {
  id: string
  name: string
  kind: 'decision' | 'input' | 'knowledge' | 'service'
  type: RuleType
  inputs: string[]
  label: string
}

export interface Report {
  ok: boolean
  name: string
  namespace: string
  problems: RuleProblem[]
  findings: Finding[]
  decisions: RuleElement[]
  inputs: RuleElement[]
  services: RuleElement[]
  knowledge: RuleElement[]
  digest: string
  /** models that it imports, directly or through others; without code: no model in force has the namespace */
  imports?: ImportedModel[]
}

export interface ImportedModel {
  namespace: string
  code: string | null
  name: string | null
  version: number | null
}

export interface ExplainedRow {
  rule: number
  cell: string
  fired: boolean
  failed?: { input: number; cell: string; name: string; condition: string; value: Json } | null
}

export interface ExplainedTable {
  place: string
  cell: string
  hit_policy: string
  inputs: { name: string; value: Json }[]
  rows: ExplainedRow[]
}

export interface Explained {
  decision: string
  element: string
  inputs: { name: string; value: Json }[]
  value: Json
  tables: ExplainedTable[]
}

export interface Evaluated {
  model: { code: string; version: number | null; digest: string } | null
  decision: string
  output: Json
  warnings: RuleProblem[]
  explanation?: Explained[]
  text?: { zh?: string; en?: string }
  case?: string
}

export interface Example {
  name: string
  decision: string
  input: Values
  expected: Json
  at?: string
  /** of the city folder, where it is changed; not of the text */
  declared?: boolean
}

/** One example as the server ran it. */
export interface ExampleRun {
  source: 'folder' | 'model'
  name: string
  decision: string
  passed: boolean
  expected: Json
  output: Json
  message: string
}

export interface ExampleRuns {
  passed: number
  failed: number
  items: ExampleRun[]
}

export interface Replay {
  id: string
  code: string
  candidate: string
  decision: string | null
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  total: number
  done: number
  same: number
  different: number
  failed: number
  error: string | null
  created_at: string
  created_by: string
  finished_at: string | null
}

export interface Difference {
  case: string
  at: string
  version: number
  decision: string
  input: Values
  before: Json
  after: Json
  warning: string | null
}

/** What is meant by a question about a model: what is drawn at this moment, or what the server keeps. */
export type Subject = { xml: string } | { code: string; draft: true } | { code: string; version: number }

export function check(subject: Subject): Promise<Report> {
  return post<Report>('/api/rules/check', subject)
}

export function evaluate(subject: Subject, decision: string, input: Values, explain = true): Promise<Evaluated> {
  return post<Evaluated>('/api/rules/evaluate', { ...subject, decision, input, explain })
}

/** The examples that the city folder declares. */
export async function declaredExamples(code: string): Promise<Example[]> {
  const { items } = await get<{ items: Example[] }>(`/api/rules/${encodeURIComponent(code)}/examples`)
  return items.map((one) => ({ ...one, declared: true }))
}

/** Runs the examples of the folder and those inside the text. */
export function runExamples(code: string, subject: Subject): Promise<ExampleRuns> {
  const meant = 'code' in subject ? ('draft' in subject ? { draft: true } : { version: subject.version }) : subject
  return post<ExampleRuns>(`/api/rules/${encodeURIComponent(code)}/examples/run`, meant)
}

export function xmlOf(code: string, version: number | 'draft'): Promise<string> {
  const place = `/api/rules/${encodeURIComponent(code)}`
  return getText(version === 'draft' ? `${place}/draft.xml` : `${place}/versions/${version}/xml`)
}
