import { describe, expect, it } from 'vitest'
import { csvOf } from './csv'

const columns = [
  { label: '名称', value: (row: unknown[]) => row[0] },
  { label: '值', value: (row: unknown[]) => row[1] },
]

describe('csvOf', () => {
  it('quotes commas, quotes and line breaks and ends every line', () => {
    expect(csvOf(columns, [['a,b', 'c"d'], ['e\nf', '']])).toBe('名称,值\r\n"a,b","c""d"\r\n"e\nf",\r\n')
  })
  it('keeps a cell from being run as a formula, but leaves negative numbers', () => {
    expect(csvOf(columns, [['=1+1', '-5'], ['@sum', '+cmd']])).toBe("名称,值\r\n'=1+1,-5\r\n'@sum,'+cmd\r\n")
  })
  it('writes lists with spaces and nothing for what is absent', () => {
    expect(csvOf(columns, [[['x', 'y'], null]])).toBe('名称,值\r\nx y,\r\n')
  })
})
