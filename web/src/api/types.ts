// The shapes of the HTTP API under short names: answers from what the program says of them (`npm run types`), and by hand what
// an event carries and one body that is built up.
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
export type CallReceipt = Answers['CallReceipt']

export type Checkpoint = Answers['Checkpoint']
export type LedgerKey = Answers['LedgerKey']
export type Act = Answers['Act']
export type ActReceipt = Answers['ActReceipt']
export type ConsistencyAnswer = Answers['ConsistencyProof']

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
