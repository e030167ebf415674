// The shapes of the HTTP API under short names: answers from what the program says of them (`npm run types`), and by hand what it does
// not describe yet: events, and the ledger's answers.
import type { components } from './openapi'

type Answers = components['schemas']

export interface Page<T> {
  items: T[]
  next: string | null
}

export type City = Answers['City']
export type Overview = Answers['Overview']
export type DistrictFigures = Answers['DistrictFigures']

export type SessionAnswer = Answers['Session']
export type Account = Answers['Account']
export type AccountKind = Account['kind']
export type DemoAccount = Answers['DemoAccount']
export type Organisation = Answers['Organisation']
export type OrganisationDetail = Answers['OrganisationDetail']
export type ManagedAccount = Answers['ManagedAccount']
export type FirstPassword = Answers['FirstPassword']
export type Post = Answers['Post']
export type Role = Answers['Role']
export type ClientSystem = Answers['ClientSystem']
export type NewSecret = Answers['NewSecret']

export type Registry = Answers['Registry']
export type Dataset = Answers['Dataset']
export type DatasetDetail = Answers['DatasetDetail']
export type Field = Answers['Field']
export type RecordPage = Answers['RecordPage']
export type CodeTable = Answers['CodeTable']
export type Batch = Answers['Batch']
export type BatchDetail = Answers['BatchDetail']
export type BatchState = Batch['state']
export type QuarantinedRow = Answers['QuarantinedRow']

export type CatalogueEntry = Answers['CatalogueEntry']
export type CatalogueItem = Answers['CatalogueItem']
export type CatalogueDetail = Answers['CatalogueDetail']
export type RowFilter = Answers['RowFilter']
export type Application = Answers['Application']
export type ApplicationState = Application['state']
export type Grant = Answers['Grant']
export type GrantState = Grant['state']
export type Credentials = Answers['Credentials']
export type Call = Answers['Call']
export type CallDetail = Answers['CallDetail']
export type GatewayStatistics = Answers['GatewayStatistics']
export type Access = Answers['Access']

/** What POST /api/applications takes. */
export interface NewApplication {
  dataset: string
  fields: string[]
  purpose: string
  basis: string
  days: number
  quota_per_day: number
  rows?: { field: string; value: string }
}

/** An event of /api/gateway/events. */
export interface GatewaySecond {
  at: string
  calls: number
  answered: number
  refused: number
  p50_us: number
  p99_us: number
  rows: number
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
