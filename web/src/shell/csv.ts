// Tables as CSV (RFC 4180, with a mark so that spreadsheets read it as UTF-8).

export interface CsvColumn<T> {
  label: string
  value: (row: T) => unknown
}

export function csvOf<T>(columns: CsvColumn<T>[], rows: readonly T[]): string {
  const lines = [columns.map((column) => cell(column.label))]
  for (const row of rows) lines.push(columns.map((column) => cell(column.value(row))))
  return lines.map((line) => line.join(',')).join('\r\n') + '\r\n'
}

export function saveText(name: string, text: string, type = 'text/csv'): void {
  const mark = type === 'text/csv' ? '\uFEFF' : ''
  const address = URL.createObjectURL(new Blob([mark, text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 1000)
}

function cell(value: unknown): string {
  const text = Array.isArray(value) ? value.join(' ') : String(value ?? '')
  // A leading = + - @ would be run as a formula by a spreadsheet.
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
