// The mock's collection: reads the CSV at once, then tells of it in steps, as the server would.
import type { BatchDetail, DatasetDetail, QuarantinedRow } from '../../src/api/types'

export interface Collected {
  batch: BatchDetail
  quarantine: QuarantinedRow[]
  /** the batch as it looks at each step, ending with the finished one */
  steps: BatchDetail[]
}

const stepCount = 16

export function collect(id: string, dataset: DatasetDetail, organisation: string, fileName: string, text: string, nowMs: number): Collected {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/).filter((line) => line !== '')
  const header = (lines[0] ?? '').split(',')
  const first: BatchDetail = {
    id, dataset: dataset.code, dataset_name: dataset.name, dataset_name_en: dataset.name_en, organisation, file_name: fileName, format: 'csv', sheet: '', encoding: 'UTF-8', state: 'queued', bytes: Buffer.byteLength(text), bytes_done: 0,
    read: 0, added: 0, changed: 0, unchanged: 0, quarantined: 0, error: '', created_at: new Date(nowMs).toISOString(), finished_at: null, reasons: [],
  }
  const unknown = header.filter((name) => !dataset.fields.some((field) => field.code === name || field.name === name))
  if (unknown.length > 0) {
    return { batch: first, quarantine: [], steps: [{ ...first, state: 'failed', error: `首行有这张表没有的字段：${unknown.join('、')}` }] }
  }
  const quarantine = lines.slice(1).flatMap((line, index) => mistakeOf(dataset, header, line, index + 2))
  const rows = lines.length - 1
  const steps: BatchDetail[] = []
  for (let step = 1; step <= stepCount; step++) {
    const read = Math.floor((rows * step) / stepCount)
    const bad = quarantine.filter((row) => row.line <= read + 1)
    const good = read - bad.length
    const changed = Math.floor(good * 0.12)
    const unchanged = Math.floor(good * 0.3)
    steps.push({ ...first, state: step === stepCount ? 'done' : 'running', bytes_done: Math.floor((first.bytes * step) / stepCount), read, added: good - changed - unchanged, changed, unchanged, quarantined: bad.length, reasons: reasonsOf(bad), finished_at: step === stepCount ? new Date(nowMs + stepCount * 100).toISOString() : null })
  }
  return { batch: first, quarantine, steps }
}

function mistakeOf(dataset: DatasetDetail, header: string[], line: string, number: number): QuarantinedRow[] {
  const cells = line.split(',')
  if (cells.length !== header.length) return [{ line: number, field: '', field_name: '', field_name_en: '', reason: `应有 ${header.length} 列，实有 ${cells.length} 列`, text: line }]
  for (const [index, name] of header.entries()) {
    const field = dataset.fields.find((one) => one.code === name || one.name === name)!
    const value = cells[index]
    const bad = (reason: string) => [{ line: number, field: field.code, field_name: field.name, field_name_en: field.name_en, reason, text: line }]
    if (field.required && value === '') return bad('必填项为空')
    if (field.type === 'date' && value !== '' && Number.isNaN(Date.parse(value))) return bad('不是有效日期')
    if (field.code === 'id_number' && !validIdentity(value)) return bad('校验位不符')
    if (field.length && value.length > field.length) return bad(`超过 ${field.length} 个字符`)
  }
  return []
}

function validIdentity(value: string): boolean {
  if (!/^\d{17}[\dX]$/.test(value)) return false
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  return '10X98765432'[weights.reduce((sum, weight, at) => sum + weight * Number(value[at]), 0) % 11] === value[17]
}

function reasonsOf(rows: QuarantinedRow[]): BatchDetail['reasons'] {
  const counts = new Map<string, BatchDetail['reasons'][number]>()
  for (const row of rows) {
    const entry = counts.get(`${row.field}|${row.reason}`) ?? { field: row.field_name || '—', reason: row.reason, count: 0 }
    entry.count += 1
    counts.set(`${row.field}|${row.reason}`, entry)
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)
}
