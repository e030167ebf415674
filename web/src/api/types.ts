// The shapes of the HTTP API, by hand until `npm run types` produces them from /api/openapi.json.

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface City {
  code: string
  name: string
  name_en: string
  title: string
  title_en: string
  centre: [number, number]
  utc_offset_minutes: number
  demo: boolean
  version: string
}

export interface DistrictFigures {
  code6: string
  name: string
  people: number
  enterprises: number
}

export interface Overview {
  population: number
  datasets: number
  organisations: number
  catalogue: number
  records: number
  acts: number
  calls_today: number
  grants: number
  districts: DistrictFigures[]
}

export interface Division {
  code: string
  name: string
  parent: string
  level: number | string
}

export type AccountKind = 'officer' | 'citizen' | 'administrator'

export interface Account {
  id: string
  name: string
  display_name: string
  kind: AccountKind
  post: string | null
  post_name: string | null
  organisation: string | null
  organisation_name: string | null
  permissions: string[]
  must_change_password: boolean
}

export interface SessionAnswer {
  account: Account | null
  demo?: boolean
}

export interface DemoAccount {
  name: string
  display_name: string
  kind: AccountKind
  organisation_name: string | null
  post_name: string | null
  password?: string
}

export interface Organisation {
  code: string
  name: string
  name_en: string
  short_name: string
  credit_code: string
  parent: string | null
  division: string
  kind: string
  children: number
  posts?: { code: string; name: string }[]
}

export interface Registry {
  code: string
  name: string
  name_en: string
  kind: string
  description: string
  datasets: number
  records: number
}

export interface Dataset {
  code: string
  name: string
  name_en: string
  registry: string
  provider: string
  provider_name: string
  description: string
  fields: number
  records: number
  level: number
  updated_at: string | null
  may_collect: boolean
  may_browse: boolean
}

export interface Field {
  code: string
  name: string
  name_en: string
  type: string
  length: number | null
  scale: number | null
  required: boolean
  check: string | null
  codes: string | null
  level: number
  mask: string | null
  standard: string | null
}

export interface DatasetDetail extends Omit<Dataset, 'fields'> {
  key: string[]
  subject: { kind: string; field: string } | null
  fields: Field[]
}

export interface RecordPage {
  items: Record<string, unknown>[]
  next: string | null
  columns: { code: string; name: string; masked: boolean }[]
}

export interface CodeTable {
  code: string
  name: string
  standard: string
  values: { code: string; name: string }[]
}

export type BatchState = 'queued' | 'running' | 'done' | 'failed'

export interface Batch {
  id: string
  dataset: string
  dataset_name: string
  organisation: string
  file_name: string
  encoding: string
  state: BatchState
  bytes: number
  bytes_done: number
  read: number
  added: number
  changed: number
  unchanged: number
  quarantined: number
  error: string | null
  created_at: string
  finished_at: string | null
  reasons: { field: string; reason: string; count: number }[]
}

export interface QuarantinedRow {
  line: number
  field: string
  field_name: string
  reason: string
  text: string
}

export interface CatalogueEntry {
  dataset: string
  resource_code: string
  name: string
  name_en: string
  provider: string
  provider_name: string
  class: string[]
  abstract: string
  format: string
  sharing: { type: number | string; condition?: string; method?: string; basis?: string }
  open: { open?: boolean; condition?: string }
  cycle: string
  published: string
  level: number
  fields: number
  records: number
}

export interface CatalogueItem {
  code: string
  name: string
  name_en?: string
  type: string
  type_letter: string
  length: number | null
  level: number
  mask: boolean
}

export interface CatalogueDetail extends CatalogueEntry {
  items: CatalogueItem[]
  related: string[]
  granted: boolean
  gateway: string
}

export type ApplicationState = 'submitted' | 'approved' | 'refused' | 'withdrawn'

export interface Application {
  id: string
  dataset: string
  dataset_name: string
  applicant: string
  applicant_name: string
  provider: string
  provider_name: string
  fields: { code: string; name: string; level: number; mask: boolean }[]
  purpose: string
  basis: string
  days: number
  quota_per_day: number
  state: ApplicationState
  created_at: string
  created_by: string
  decided_at: string | null
  decided_by: string | null
  reason: string | null
  grant: string | null
}

export interface NewApplication {
  dataset: string
  fields: string[]
  purpose: string
  basis: string
  days: number
  quota_per_day: number
  rows?: { field: string; value: string }
}

export type GrantState = 'active' | 'revoked' | 'expired'

export interface Grant {
  id: string
  application: string
  dataset: string
  dataset_name: string
  organisation: string
  organisation_name: string
  provider: string
  provider_name: string
  fields: { code: string; name: string; masked: boolean }[]
  purpose: string
  basis: string
  quota_per_day: number
  used_today: number
  from: string
  until: string
  state: GrantState
  client_id: string | null
}

export interface Credentials {
  client_id: string
  secret: string
  curl: string
  example_key: { field: string; value: string } | null
}

export interface Call {
  id: string
  at: string
  client_id: string
  organisation: string
  organisation_name: string
  dataset: string
  dataset_name: string
  grant: string | null
  purpose: string
  fields: string[]
  field_names?: string[]
  rows: number
  status: number
  outcome: 'answered' | 'refused'
  reason: string
  duration_us: number
  peer: string
  sealed?: boolean
  act_sequence?: number | string | null
}

export interface GatewaySecond {
  at: string
  calls: number
  answered: number
  refused: number
  p50_us: number
  p99_us: number
  rows: number
}

export interface GatewayStatistics {
  series: { at: string; calls: number; refused: number }[]
  by_organisation: { organisation: string; name: string; calls: number }[]
  by_dataset: { dataset: string; name: string; calls: number }[]
}

export interface Access {
  id: string
  kind: 'call' | 'act'
  at: string
  organisation_name: string
  dataset_name: string
  fields: string[]
  purpose: string
  basis: string
  outcome?: string
  /** of acts */
  verb?: string
  sealed: boolean
}

/** docs/format/checkpoint.md: root and signature in Base64. */
export interface Checkpoint {
  origin: string
  hash: string
  size: number
  root: string
  at: string
  signature: string
}

/** A key of the ledger and the checkpoints that it signed: those of more than `after` acts, up to those that the next key signed. */
export interface LedgerKey {
  fingerprint: string
  point: string
  pem: string
  after: number
  /** Proof that the key before handed over to this one; null for the first key. */
  handover: ActReceipt | null
}

export interface Act {
  sequence: number
  id: string
  at: string
  actor: string
  post: string
  organisation: string
  verb: string
  object: string
  subject: string
  basis: string
  result: string
  detail: unknown
  body: string
  leaf: string
}

export interface ActReceipt {
  body: string
  proof: { index: number; size: number; path: string[] }
  checkpoint: Checkpoint
  /** Fingerprint of the key that signed; receipts of earlier versions do not say. */
  key?: string
}

export interface CallReceipt {
  record: string
  hash: string
  leaf_index: number
  batch_size: number
  path: string[]
  batch_root: string
  act_receipt: ActReceipt
}

export interface ConsistencyAnswer {
  from: number
  to: number
  path: string[]
}
