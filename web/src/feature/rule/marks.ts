// What is shown in a drawn or printed table about one evaluation and about its faults: rows that fired, the condition that stopped each
// other row, cells with a mistake. Rows and cells go by their XML ids.
import type { Explained, Finding, RuleProblem } from './rule_api'

export interface Marks {
  fired: string[]
  failed: string[]
  mistaken: string[]
  doubtful: string[]
}

export function marksOf(explained: readonly Explained[], problems: readonly RuleProblem[], findings: readonly Finding[]): Marks {
  const rows = explained.flatMap((decision) => decision.tables).flatMap((table) => table.rows)
  return {
    fired: known(rows.filter((row) => row.fired).map((row) => row.cell)),
    failed: known(rows.flatMap((row) => (row.failed ? [row.failed.cell] : []))),
    mistaken: known(problems.map((problem) => problem.cell)),
    doubtful: known(findings.filter((finding) => finding.kind !== 'gap' && finding.kind !== 'missing-value').flatMap((finding) => finding.rule_cells)),
  }
}

/** Style rules, because the table is drawn again by dmn-js whenever it likes: classes would be lost. Never by colour alone. */
export function markStyle({ fired, failed, mistaken, doubtful }: Marks): string {
  const board = '.drawing-board'
  const of = (ids: string[], attribute: string, rest = '') => ids.map((id) => `${board} [data-${attribute}=${quoted(id)}]${rest}`).join(',')
  const rules: string[] = []
  if (doubtful.length) rules.push(`${of(doubtful, 'row-id', '.rule-index')}{box-shadow:inset 4px 0 0 var(--ochre)}`)
  if (fired.length) {
    rules.push(`${of(fired, 'row-id')}{background:var(--pine-wash)!important}`)
    rules.push(`${of(fired, 'row-id', '.rule-index')}{box-shadow:inset 4px 0 0 var(--pine);font-weight:700}`)
    rules.push(`${of(fired, 'row-id', '.rule-index::before')}{content:"✓ ";color:var(--pine)}`)
  }
  if (failed.length) rules.push(`${of(failed, 'element-id')}{box-shadow:inset 0 -3px 0 var(--cinnabar)}`)
  if (mistaken.length) rules.push(`${of(mistaken, 'element-id')}{outline:2px dashed var(--cinnabar);outline-offset:-3px}`)
  return rules.join('\n')
}

/** An id as a CSS string; it comes from a file and may hold anything. */
function quoted(id: string): string {
  return `"${id.replace(/[\\"]/g, '\\$&').replace(/[\n\r\f]/g, ' ')}"`
}

function known(ids: string[]): string[] {
  return [...new Set(ids.filter(Boolean))]
}
