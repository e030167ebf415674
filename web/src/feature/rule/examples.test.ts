import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { DmnModdle } from 'dmn-moddle'
import { effectScope, nextTick, ref } from 'vue'
import { evaluateModel } from '../../../tests/mock/rule_engine'
import { readModel } from './dmn_text'
import { drawable } from './drawing/drawable'
import { examplesIn, useExamples, withExamples } from './examples'
import type { Example, Values } from './rule_api'
import type { RuleDesk } from './rule_desk'

const xml = readFileSync('tests/mock/rules/elder-care.dmn', 'utf8')
const good: Example = { name: '重度', decision: '月补贴标准', input: { 年龄: 80, 户籍所在地: '本市', 评估等级: '重度' }, expected: 600 }

afterEach(() => vi.unstubAllGlobals())

/** A server that evaluates, but for a decision named `broken`. */
function serve(): void {
  vi.stubGlobal('fetch', async (_path: string, init: { body: string }) => {
    const { decision, input } = JSON.parse(init.body) as { decision: string; input: Values }
    if (decision === 'broken') return new Response('{"title":"Unprocessable","detail":"太深"}', { status: 422 })
    return new Response(JSON.stringify(evaluateModel(xml, decision, input)))
  })
}

async function started(kept: Example[]) {
  serve()
  const desk = { revision: ref(0), xml: ref(withExamples(xml, kept)), dirty: ref(false), subject: async () => ({ xml }) }
  const examples = effectScope().run(() => useExamples(desk as unknown as RuleDesk))!
  desk.revision.value++
  await nextTick()
  return { examples, desk }
}

describe('test cases', () => {
  it('pass, fail with what came out, or break with the reason', async () => {
    const { examples } = await started([good, { ...good, expected: 500 }, { ...good, decision: 'broken' }])
    await examples.runAll()
    expect(examples.outcomes.value).toEqual([
      { state: 'passed', actual: 600, message: '' },
      { state: 'failed', actual: 600, message: '' },
      { state: 'broken', actual: null, message: '太深' },
    ])
    expect([examples.passed.value, examples.failed.value]).toEqual([1, 2])
  })
  it('that change lose their outcome, the others keep it', async () => {
    const { examples, desk } = await started([good, { ...good, expected: 500 }])
    await examples.runAll()
    examples.set([examples.items.value[0], { ...good, expected: 1 }])
    expect(examples.outcomes.value.map((one) => one?.state ?? null)).toEqual(['passed', null])
    expect(desk.dirty.value).toBe(true)
  })
  it('travel inside the model, which stays what it was to the drawing tool and to readers', async () => {
    const kept = [good, { ...good, name: '<&"]]>', expected: null }]
    const text = withExamples(xml, kept)
    expect(examplesIn(text)).toEqual(kept)
    expect(readModel(text)).toEqual(readModel(xml))
    expect((await new DmnModdle().fromXML(drawable(text)!, 'dmn:Definitions')).warnings).toEqual([])
    expect(examplesIn(withExamples(text, [good]))).toEqual([good])
    expect(examplesIn(withExamples(text, []))).toEqual([])
    expect(withExamples(xml, [])).toBe(xml)
  })
  it('read the example of docs/format/rule-examples.md', () => {
    const text = /```xml\n([^]*?)```/.exec(readFileSync('../docs/format/rule-examples.md', 'utf8'))![1]
    expect(examplesIn(text)).toEqual([{ name: '五十九岁', decision: '补贴资格', input: { 年龄: 59, 户籍所在地: '本市' }, expected: '不符合' }])
  })
  it('survive a model that holds something else in their place', () => {
    const broken = (json: string) => withExamples(xml, [good]).replace(/(<shu:examples[^>]*>)[^<]*/, `$1${json}`)
    for (const json of ['{', '3', 'null', '[1, null, {"name":"x"}]']) expect(examplesIn(broken(json)), json).toEqual([])
    expect(examplesIn('no xml')).toEqual([])
    expect(withExamples('<html/>', [good])).toBe('<html/>')
  })
})
