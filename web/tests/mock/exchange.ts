// The mock's applications, grants, calls and their sealing into the ledger.
import { leafHash } from '../../src/feature/ledger/proof'
import type { Account, Application, CallDetail, CallReceipt, Credentials, DatasetDetail, Grant, NewApplication, RowFilter } from '../../src/api/types'
import { codeTables, datasets, masked, organisations, person } from './city'
import { pathOf, rootOf, type MockLedger } from './ledger'

interface Sealed {
  records: string[]
  sequence: number
}

export class MockExchange {
  readonly applications: Application[] = []
  readonly grants: Grant[] = []
  readonly calls: CallDetail[] = []
  private readonly subjects = new Map<string, string>()
  private open: CallDetail[] = []
  private readonly sealedIn = new Map<string, { batch: Sealed; index: number }>()
  private numbers = 7400000000000000000n

  constructor(
    private readonly ledger: MockLedger,
    private readonly now: () => number,
  ) {}

  private id(): string {
    this.numbers += 8192n
    return String(this.numbers)
  }

  apply(who: Account, request: NewApplication): Application {
    const dataset = datasets.find((one) => one.code === request.dataset)!
    const application: Application = {
      id: this.id(),
      dataset: dataset.code,
      dataset_name: dataset.name,
      dataset_name_en: dataset.name_en,
      applicant: who.organisation!,
      applicant_name: who.organisation_name!,
      provider: dataset.provider,
      provider_name: dataset.provider_name,
      fields: dataset.fields.filter((field) => request.fields.includes(field.code)).map((field) => ({ code: field.code, name: field.name, name_en: field.name_en, level: field.level, mask: field.mask !== '' })),
      rows: this.rowsOf(dataset, request),
      purpose: request.purpose,
      basis: request.basis,
      days: request.days,
      quota_per_day: request.quota_per_day,
      state: 'submitted',
      created_at: new Date(this.now()).toISOString(),
      created_by: who.display_name,
      decided_at: null,
      decided_by: '',
      reason: '',
      grant: null,
    }
    this.applications.unshift(application)
    this.ledger.record({ actor: `account:${who.id}`, organisation: who.organisation!, verb: 'application.create', object: `application:${application.id}`, basis: request.basis })
    return application
  }

  private rowsOf(dataset: DatasetDetail, { rows }: NewApplication): RowFilter | null {
    const field = dataset.fields.find((one) => one.code === rows?.field)
    if (!rows || !field) return null
    const value = codeTables[field.codes]?.values.find((one) => one.code === rows.value)
    return { field: field.code, field_name: field.name, field_name_en: field.name_en, value: rows.value, value_name: value?.name ?? rows.value, value_name_en: value?.name_en ?? '' }
  }

  decide(who: Account, application: Application, decision: { approve: boolean; reason: string; fields?: string[]; masks?: Record<string, boolean> }): Application {
    application.state = decision.approve ? 'approved' : 'refused'
    application.decided_at = new Date(this.now()).toISOString()
    application.decided_by = who.display_name
    application.reason = decision.reason
    const verb = decision.approve ? 'application.approve' : 'application.refuse'
    this.ledger.record({ actor: `account:${who.id}`, organisation: who.organisation!, verb, object: `application:${application.id}`, basis: application.basis })
    if (!decision.approve) return application
    const fields = application.fields.filter((field) => !decision.fields || decision.fields.includes(field.code))
    const grant: Grant = {
      id: this.id(),
      application: application.id,
      dataset: application.dataset,
      dataset_name: application.dataset_name,
      dataset_name_en: application.dataset_name_en,
      organisation: application.applicant,
      organisation_name: application.applicant_name,
      provider: application.provider,
      provider_name: application.provider_name,
      fields: fields.map((field) => ({ code: field.code, name: field.name, name_en: field.name_en, masked: decision.masks?.[field.code] ?? field.mask })),
      rows: application.rows,
      purpose: application.purpose,
      basis: application.basis,
      quota_per_day: application.quota_per_day,
      used_today: 0,
      from: application.decided_at,
      until: new Date(this.now() + application.days * 86_400_000).toISOString(),
      state: 'active',
      revoke_reason: '',
      may_revoke: false,
      client_id: null,
    }
    this.grants.unshift(grant)
    application.grant = grant.id
    this.ledger.record({ actor: `account:${who.id}`, organisation: who.organisation!, verb: 'grant.create', object: `grant:${grant.id}`, basis: grant.basis })
    return application
  }

  credentials(who: Account, grant: Grant, origin: string): Credentials {
    grant.client_id = `c-${grant.id.slice(-8)}`
    this.ledger.record({ actor: `account:${who.id}`, organisation: who.organisation!, verb: 'grant.collect', object: `grant:${grant.id}` })
    const key = person(0).id_number
    const fields = grant.fields.map((field) => field.code).join(',')
    const signature = leafHash(`${grant.id}${key}`)
    const curl = [
      `curl '${origin}/gateway/${grant.dataset}?id_number=${key}&fields=${fields}'`,
      `-H 'X-Client-Id: ${grant.client_id}'`,
      `-H 'X-Timestamp: ${Math.floor(this.now() / 1000)}'`,
      `-H 'X-Nonce: ${signature.slice(0, 16)}'`,
      `-H 'X-Sign-Alg: hmac-sm3'`,
      `-H 'X-Signature: ${signature}'`,
    ].join(' \\\n  ')
    return { client_id: grant.client_id, secret: leafHash(`secret ${grant.id}`), curl, example_key: { field: 'id_number', value: key } }
  }

  revoke(who: Account, grant: Grant, reason: string): Grant {
    grant.state = 'revoked'
    this.ledger.record({ actor: `account:${who.id}`, organisation: who.organisation!, verb: 'grant.revoke', object: `grant:${grant.id}`, detail: { reason } })
    return grant
  }

  /** One call of the gateway under a grant; `row` is the synthetic person asked for. */
  call(grant: Grant, row: number, refusal = ''): { call: CallDetail; items: Record<string, string>[] } {
    const dataset = datasets.find((one) => one.code === grant.dataset)!
    const call: CallDetail = {
      id: this.id(),
      at: new Date(this.now()).toISOString(),
      client_id: grant.client_id ?? 'c-00000000',
      organisation: grant.organisation,
      organisation_name: grant.organisation_name,
      dataset: grant.dataset,
      dataset_name: grant.dataset_name,
      dataset_name_en: grant.dataset_name_en,
      grant: grant.id,
      purpose: grant.purpose,
      basis: grant.basis,
      fields: grant.fields.map((field) => field.code),
      field_names: grant.fields.map((field) => field.name),
      field_names_en: grant.fields.map((field) => field.name_en),
      rows: refusal ? 0 : 1,
      status: refusal ? 403 : 200,
      outcome: refusal ? 'refused' : 'answered',
      reason: refusal,
      duration_us: 180 + ((this.calls.length * 37) % 240),
      peer: '10.12.4.17',
      sealed: false,
      act_sequence: null,
    }
    grant.used_today += 1
    this.calls.unshift(call)
    this.open.push(call)
    this.subjects.set(call.id, String(row))
    const source = person(row)
    const items = grant.fields.map((field) => {
      const declared = dataset.fields.find((one) => one.code === field.code)!
      return [field.code, field.masked ? masked(declared, source[field.code] ?? '') : (source[field.code] ?? '')] as const
    })
    return { call, items: refusal ? [] : [Object.fromEntries(items)] }
  }

  /** Seals the open calls: their batch's root becomes an act. */
  seal(): void {
    if (this.open.length === 0) return
    const records = this.open.map((call) => this.recordText(call))
    const root = rootOf(records.map((record) => leafHash(record)))
    const act = this.ledger.record({ actor: 'system:exchange', verb: 'gateway.seal', object: `trace:${this.open[0].id}`, detail: { count: records.length, first: this.open[0].id, hash: 'sm3', root } })
    const batch = { records, sequence: act.sequence }
    for (const [index, call] of this.open.entries()) {
      this.sealedIn.set(call.id, { batch, index })
      call.sealed = true
      call.act_sequence = act.sequence
    }
    this.open = []
  }

  receipt(id: string): CallReceipt | null {
    const found = this.sealedIn.get(id)
    const act = found && this.ledger.receipt(found.batch.sequence)
    if (!found || !act) return null
    const leaves = found.batch.records.map((record) => leafHash(record))
    return { record: found.batch.records[found.index], hash: 'sm3', leaf_index: found.index, batch_size: leaves.length, path: pathOf(found.index, leaves), batch_root: rootOf(leaves), act_receipt: act }
  }

  accessesOf(row: string) {
    return this.calls
      .filter((call) => this.subjects.get(call.id) === row && call.outcome === 'answered')
      .map((call) => ({
        id: call.id, kind: 'call' as const, at: call.at, organisation: call.organisation, organisation_name: call.organisation_name, dataset_name: call.dataset_name, dataset_name_en: call.dataset_name_en, fields: call.field_names, fields_en: call.field_names_en, outcome: call.outcome,
        purpose: call.purpose, basis: this.grants.find((grant) => grant.id === call.grant)?.basis ?? '', sealed: call.sealed === true,
      }))
  }

  private recordText(call: CallDetail): string {
    return JSON.stringify({ at: call.at, call: call.id, client: call.client_id, dataset: call.dataset, fields: call.fields, grant: call.grant, organisation: call.organisation, purpose: call.purpose, rows: call.rows, status: call.status, subject: leafHash(`subject ${this.subjects.get(call.id)}`).slice(0, 16) })
  }
}

export function organisationName(code: string): string {
  return organisations.find((one) => one.code === code)?.name ?? code
}
