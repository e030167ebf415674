import { describe, expect, it } from 'vitest'
import { placeName, sentence } from './engine_words'

describe('what the engine says', () => {
  it('is said in Chinese, with what it names', () => {
    expect(sentence("an expression is missing before '>='", 'zh')).toBe("在 '>=' 之前缺少表达式")
    expect(sentence("line 1, column 4: nothing here is named '六十'", 'zh')).toBe('第 1 行第 4 字：这里没有叫“六十”的东西：请核对名称，文字要写在双引号里')
    expect(placeName("decision '违法程度', rule 1, input 2", 'zh')).toBe('决策“违法程度”，第 1 行，第 2 个条件')
    expect(placeName("knowledge model '年龄'", 'zh')).toBe('业务知识模型“年龄”')
  })
  it('stays as it is in English, and where it is not known', () => {
    for (const text of ["an expression is missing before '>='", 'something new']) expect(sentence(text, 'en')).toBe(text)
    expect(sentence('something new', 'zh')).toBe('something new')
    expect(sentence({ zh: '空档', en: 'gap' }, 'en')).toBe('gap')
    expect(placeName('somewhere else', 'zh')).toBe('somewhere else')
  })
})
