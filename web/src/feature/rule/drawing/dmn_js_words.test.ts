// Whatever dmn-js says is said in Chinese: its own sources are searched for the texts that it passes to its translate function.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chineseWords, wordsOf } from './dmn_js_words'

/** Texts of parts that are not in use, and examples in comments. */
const unused = new Set(['HELLO {you}', 'Resize', '"', '\\"'])

function textsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/\b_?translate\(\s*(['"])((?:(?!\1).)+)\1/g)].map((match) => match[2]))
}

describe('the words of the drawing tool', () => {
  it('are all known in Chinese', () => {
    const packages = ['dmn-js-shared', 'dmn-js-drd', 'dmn-js-decision-table', 'dmn-js-literal-expression', 'dmn-js-boxed-expression']
    const texts = new Set(packages.flatMap((name) => textsOf(join('node_modules', name, 'lib'))))
    expect(texts.size).toBeGreaterThan(100)
    expect([...texts].filter((text) => !(text in chineseWords) && !unused.has(text))).toEqual([])
  })
  it('fill in what they are given and stay English in English', () => {
    expect(wordsOf('zh')('Expression language: {expressionLanguageLabel}', { expressionLanguageLabel: 'FEEL' })).toBe('表达式语言：FEEL')
    expect(wordsOf('en')('Add rule')).toBe('Add rule')
    expect(wordsOf('zh')('Something new {x}', { x: 'y' })).toBe('Something new y')
    expect(wordsOf('zh')('e.g. { sample }', { sample: '1' })).toBe('例如 1')
  })
})
