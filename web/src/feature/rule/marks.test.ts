import { describe, expect, it } from 'vitest'
import { markStyle, marksOf } from './marks'
import type { Explained } from './rule_api'

const explained: Explained[] = [
  {
    decision: '资格', element: 'd', inputs: [], value: null,
    tables: [{ place: '', cell: 't', hit_policy: 'UNIQUE', inputs: [], rows: [
      { rule: 1, cell: 'r1', fired: true },
      { rule: 2, cell: 'r2', fired: false, failed: { input: 1, cell: 'c"2', name: '年龄', condition: '< 60', value: 80 } },
      { rule: 3, cell: '', fired: true },
    ] }],
  },
]
const problem = { place: '', cell: 'bad', element: 'd', line: 1, column: 1, message: '', severity: 'error' as const }
const finding = { kind: 'overlap' as const, place: '', cell: 't', element: 'd', rules: [1, 2], rule_cells: ['r1', 'r2'], line: 1, column: 1, message: '' }

describe('marks', () => {
  it('name rows that fired, conditions that failed, and cells with faults; what has no id has no mark', () => {
    expect(marksOf(explained, [problem, { ...problem, cell: '' }], [finding])).toEqual({ fired: ['r1'], failed: ['c"2'], mistaken: ['bad'], doubtful: ['r1', 'r2'] })
  })
  it('are not set on a table for a gap, which is where no row is', () => {
    expect(marksOf([], [], [{ ...finding, kind: 'gap' }]).doubtful).toEqual([])
  })
  it('become style rules that an id cannot break out of', () => {
    const style = markStyle({ fired: ['a"]{} body'], failed: ['c"2'], mistaken: [], doubtful: [] })
    expect(style).toContain('content:"✓ "')
    expect(style).toContain('[data-row-id="a\\"]{} body"]')
    expect(style).toContain('[data-element-id="c\\"2"]')
  })
})
