import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { evaluateModel } from '../../../tests/mock/rule_engine'
import { useExamples } from './examples'
import type { Example, Values } from './rule_api'
import type { RuleDesk } from './rule_desk'

const xml = readFileSync('tests/mock/rules/elder-care.dmn', 'utf8')
const desk = { code: 'elder-care', subject: async () => ({ xml }) } as unknown as RuleDesk
const good: Example = { name: '重度', decision: '月补贴标准', input: { 年龄: 80, 户籍所在地: '本市', 评估等级: '重度' }, expected: 600 }

afterEach(() => vi.unstubAllGlobals())

/** A server that keeps cases, or none; evaluation fails for one named `broken`. */
function serve(kept: Example[] | null): void {
  vi.stubGlobal('fetch', async (path: string, init: { body?: string }) => {
    if (path.endsWith('/examples')) return kept === null ? new Response('{"title":"Not Found"}', { status: 404 }) : new Response(JSON.stringify({ digest: 'd', items: kept }))
    const { decision, input } = JSON.parse(init.body!) as { decision: string; input: Values }
    if (decision === 'broken') return new Response('{"title":"Unprocessable","detail":"太深"}', { status: 422 })
    return new Response(JSON.stringify(evaluateModel(xml, decision, input)))
  })
}

async function started(kept: Example[] | null) {
  serve(kept)
  const examples = effectScope().run(() => useExamples(desk))!
  await examples.load()
  return examples
}

describe('test cases', () => {
  it('pass, fail with what came out, or break with the reason', async () => {
    const examples = await started([good, { ...good, expected: 500 }, { ...good, decision: 'broken' }])
    await examples.runAll()
    expect(examples.outcomes.value).toEqual([
      { state: 'passed', actual: 600, message: '' },
      { state: 'failed', actual: 600, message: '' },
      { state: 'broken', actual: null, message: '太深' },
    ])
    expect([examples.passed.value, examples.failed.value]).toEqual([1, 2])
  })
  it('that change lose their outcome, the others keep it', async () => {
    const examples = await started([good, { ...good, expected: 500 }])
    await examples.runAll()
    examples.set([examples.items.value[0], { ...good, expected: 1 }])
    expect(examples.outcomes.value.map((one) => one?.state ?? null)).toEqual(['passed', null])
    expect(examples.dirty.value).toBe(true)
  })
  it('of a server that keeps none stay in the window, and that is known', async () => {
    const examples = await started(null)
    expect(examples.kept.value).toBe(false)
    expect(examples.problem.value).toBeNull()
  })
})
