// Decision models of the mock: drafts, versions with their dates, cases and their replay, after the contract of /api/rules.
import { readFileSync } from 'node:fs'
import type { Account } from '../../src/api/types'
import { examplesIn, withExamples } from '../../src/feature/rule/examples'
import type { Difference, Example, ExampleRun, Json, Replay, RuleModel, RuleSummary, Values, Version } from '../../src/feature/rule/rule_api'
import { sameValue } from '../../src/feature/rule/value'
import { checkModel, evaluateModel } from './rule_engine'
import { answered, Problem, stream, type Request, type Router } from './wire'

interface Kept {
  model: RuleModel
  draft: string
  xml: Map<number, string>
  cases: { id: string; at: string; version: number; decision: string; input: Values; output: Json }[]
  replays: Map<string, { replay: Replay; differences: Difference[] }>
}

const examples: Example[] = [
  { name: '八十岁重度', decision: '月补贴标准', input: { 年龄: 80, 户籍所在地: '本市', 评估等级: '重度' }, expected: 600 },
  { name: '五十九岁', decision: '补贴资格', input: { 年龄: 59, 户籍所在地: '本市' }, expected: '不符合' },
  { name: '外地户籍', decision: '补贴资格', input: { 年龄: 66, 户籍所在地: '外地' }, expected: '符合' },
]

/** As the city folder declares them. */
const declared: Example[] = [{ name: '文件夹：七十岁中度', decision: '月补贴标准', input: { 年龄: 70, 户籍所在地: '本市', 评估等级: '中度' }, expected: 400 }]

interface Asked {
  xml?: string
  code?: string
  version?: number
  draft?: boolean
}

type Need = (request: Request, verb?: string) => Account

export class MockRules {
  private readonly kept = new Map<string, Kept>()

  constructor(private readonly now: () => number) {
    const xml = withExamples(readFileSync(new URL('./rules/elder-care.dmn', import.meta.url), 'utf8'), examples)
    const maker = { display_name: '数据局规则员', organisation: 'sy-sjj', organisation_name: '沈阳市数据局' } as Account
    this.create(maker, { code: 'elder-care', name: '养老服务补贴', name_en: 'Elderly care subsidy', basis: '沈政办发〔2026〕12号', xml: xml.replaceAll('>600<', '>500<'), four_eyes: true, record: true })
    const kept = this.kept.get('elder-care')!
    this.publish(kept, '数据局审定员', { note: '首次发布', from: new Date(now() - 200 * 86_400_000).toISOString() })
    this.draw(kept, maker, xml, '重度失能补贴由 500 元提高到 600 元')
    this.publish(kept, '数据局审定员', { note: '重度失能补贴由 500 元提高到 600 元', from: new Date(now() - 40 * 86_400_000).toISOString() })
    for (let index = 0; index < 240; index++) {
      const input = { 年龄: 55 + (index * 7) % 40, 户籍所在地: index % 5 ? '本市' : '外地', 评估等级: ['能力完好', '轻度', '中度', '重度'][index % 4] }
      kept.cases.push({ id: String(9000 + index), at: new Date(now() - index * 3_600_000).toISOString(), version: 2, decision: '月补贴标准', input, output: evaluateModel(xml, '月补贴标准', input).output })
    }
    this.create(maker, { code: 'street-light', name: '路灯故障派单', name_en: 'Street light dispatch', basis: '', xml: xml.replaceAll('养老服务补贴', '路灯故障派单'), four_eyes: true, record: false })
  }

  routes(router: Router, need: Need): void {
    router.on('GET /api/rules', (request) => {
      need(request, 'rule.read')
      const [words, state] = [request.query.get('q') ?? '', request.query.get('state') ?? '']
      const items = [...this.kept.values()].map((one) => this.summary(one)).filter((one) => (one.name + one.code).includes(words) && (!state || (state === 'draft' ? one.draft : state === 'in-force' ? one.in_force !== null : false)))
      return { items, next: null }
    })
    router.on('POST /api/rules', (request) => {
      const person = need(request, 'rule.draw')
      const body = request.json<RuleSummary & { xml: string }>()
      if (this.kept.has(body.code)) throw new Problem(409, 'Conflict', `代码 ${body.code} 已有人用，请换一个。`)
      request.reply.statusCode = 201
      return this.create(person, body)
    })
    router.on('POST /api/rules/check', (request) => (need(request, 'rule.read'), checkModel(this.textOf(request.json<Asked>()))))
    router.on('POST /api/rules/evaluate', (request) => {
      need(request, 'rule.read')
      const body = request.json<Asked & { decision: string; input: Values; explain?: boolean }>()
      const answer = evaluateModel(this.textOf(body), body.decision, body.input, body.code ? { code: body.code, version: body.version ?? null, digest: '' } : null)
      return body.explain ? answer : { ...answer, explanation: undefined }
    })
    router.on('GET /api/rules/{code}', (request) => (need(request, 'rule.read'), this.detail(request)))
    router.on('PUT /api/rules/{code}/draft', (request) => {
      const person = need(request, 'rule.draw')
      const kept = this.find(request)
      const body = request.json<{ xml: string; note?: string; replaces?: string }>()
      if ((body.replaces ?? '') !== (kept.model.draft?.digest ?? '')) throw new Problem(409, 'Conflict', '另有人刚保存了草稿，请重新打开后再改。')
      this.draw(kept, person, body.xml, body.note ?? '')
      return this.detail(request)
    })
    router.on('GET /api/rules/{code}/draft.xml', (request) => (need(request, 'rule.read'), xmlAnswer(request, this.find(request).draft)))
    router.on('DELETE /api/rules/{code}/draft', (request) => {
      need(request, 'rule.draw')
      const kept = this.find(request)
      kept.model.draft = null
      kept.draft = ''
      return undefined
    })
    router.on('GET /api/rules/{code}/versions/{number}/xml', (request) => (need(request, 'rule.read'), xmlAnswer(request, this.find(request).xml.get(Number(request.params.number)) ?? '')))
    router.on('POST /api/rules/{code}/publication', (request) => {
      const person = need(request, 'rule.publish')
      const kept = this.find(request)
      const body = request.json<{ digest: string; from?: string; note: string; basis?: string }>()
      if (kept.model.draft?.digest !== body.digest) throw new Problem(409, 'Conflict', '草稿在您看过之后又变了，请重新打开核对。')
      if (kept.model.four_eyes && kept.model.draft.drawn_by === person.display_name) throw new Problem(403, 'Forbidden', '草稿由您起草，须由另一位同事发布。')
      request.reply.statusCode = 201
      return this.publish(kept, person.display_name, body)
    })
    router.on('POST /api/rules/{code}/rollback', (request) => {
      const person = need(request, 'rule.publish')
      const kept = this.find(request)
      const { version, ...body } = request.json<{ version: number; from?: string; note: string }>()
      const draft = [kept.draft, kept.model.draft] as const
      kept.draft = kept.xml.get(version)!
      request.reply.statusCode = 201
      const made = this.publish(kept, person.display_name, body, version)
      ;[kept.draft, kept.model.draft] = draft
      return made
    })
    this.exampleRoutes(router, need)
    this.replayRoutes(router, need)
  }

  private exampleRoutes(router: Router, need: Need): void {
    router.on('GET /api/rules/{code}/examples', (request) => {
      need(request, 'rule.read')
      return { items: this.find(request).model.code === 'elder-care' ? declared : [] }
    })
    router.on('POST /api/rules/{code}/examples/run', (request) => {
      need(request, 'rule.read')
      const kept = this.find(request)
      const xml = this.textOf({ ...request.json<Asked>(), code: request.params.code })
      const run = (source: ExampleRun['source']) => (one: Example): ExampleRun => {
        const { output } = evaluateModel(xml, one.decision, one.input)
        const passed = sameValue(output, one.expected)
        return { source, name: one.name, decision: one.decision, passed, expected: one.expected, output, message: passed ? '' : 'expected something else' }
      }
      const items = [...(kept.model.code === 'elder-care' ? declared : []).map(run('folder')), ...examplesIn(xml).map(run('model'))]
      return { passed: items.filter((one) => one.passed).length, failed: items.filter((one) => !one.passed).length, items }
    })
    router.on('POST /api/rules/{code}/versions/{number}/cancellation', (request) => {
      const person = need(request, 'rule.publish')
      const version = this.find(request).model.versions.find((one) => one.number === Number(request.params.number))
      if (!version) throw new Problem(404, 'Not Found')
      Object.assign(version, { cancelled_at: new Date(this.now()).toISOString(), cancelled_by: person.display_name, cancel_reason: request.json<{ reason: string }>().reason, state: 'cancelled' })
      return this.detail(request)
    })
  }

  private replayRoutes(router: Router, need: Need): void {
    const found = (request: Request) => {
      const replay = this.find(request).replays.get(request.params.id)
      if (!replay) throw new Problem(404, 'Not Found')
      return replay
    }
    router.on('POST /api/rules/{code}/replays', (request) => {
      const person = need(request, 'rule.case')
      const kept = this.find(request)
      const body = request.json<Asked>()
      const xml = this.textOf({ ...body, code: body.xml ? undefined : request.params.code })
      const replay: Replay = { id: String(kept.replays.size + 1), code: request.params.code, candidate: body.xml ? 'xml' : body.draft ? 'draft' : `version ${body.version}`, decision: null, state: 'running', total: kept.cases.length, done: 0, same: 0, different: 0, failed: 0, error: null, created_at: new Date(this.now()).toISOString(), created_by: person.display_name, finished_at: null }
      const differences: Difference[] = []
      for (const one of kept.cases) {
        const after = evaluateModel(xml, one.decision, one.input).output
        if (after === one.output) replay.same++
        else differences.push({ case: one.id, at: one.at, version: one.version, decision: one.decision, input: one.input, before: one.output, after, warning: null })
      }
      replay.different = differences.length
      kept.replays.set(replay.id, { replay, differences })
      request.reply.statusCode = 202
      return { ...replay, same: 0, different: 0 }
    })
    router.on('GET /api/rules/{code}/replays/{id}', (request) => (need(request, 'rule.case'), found(request).replay))
    router.on('GET /api/rules/{code}/replays/{id}/differences', (request) => (need(request, 'rule.case'), { items: found(request).differences, next: null }))
    router.on('GET /api/rules/{code}/replays/{id}/events', (request) => {
      need(request, 'rule.case')
      const { replay } = found(request)
      const send = stream(request.reply)
      const timer = setInterval(() => {
        replay.done = Math.min(replay.total, replay.done + 60)
        if (replay.done === replay.total) Object.assign(replay, { state: 'done', finished_at: new Date(this.now()).toISOString() })
        send('replay', replay)
        if (replay.state === 'done') {
          clearInterval(timer)
          request.reply.end()
        }
      }, 40)
      request.reply.on('close', () => clearInterval(timer))
      return answered
    })
  }

  private create(person: Account, body: Partial<RuleSummary> & { code?: string; xml: string }): RuleModel {
    const model: RuleModel = {
      code: body.code!, name: body.name ?? '', name_en: body.name_en ?? '', owner: person.organisation ?? '', owner_name: person.organisation_name ?? '', basis: body.basis ?? '',
      four_eyes: body.four_eyes ?? true, record: body.record ?? false, created_at: new Date(this.now()).toISOString(), withdrawn_at: null, in_force: null, draft: null, versions: [], version_count: 0,
    }
    const kept: Kept = { model, draft: '', xml: new Map(), cases: [], replays: new Map() }
    this.kept.set(model.code, kept)
    this.draw(kept, person, body.xml, '')
    return model
  }

  private draw(kept: Kept, person: Account, xml: string, note: string): void {
    kept.draft = xml
    kept.model.draft = { digest: `d${xml.length}-${this.now()}`, drawn_by: person.display_name, drawn_at: new Date(this.now()).toISOString(), note, base: kept.model.in_force, may_publish: true, why_not: null }
  }

  private publish(kept: Kept, who: string, body: { note: string; from?: string; basis?: string }, of: number | null = null): Version {
    const number = kept.model.versions.length + 1
    const version: Version = { number, digest: '', from: body.from ?? new Date(this.now()).toISOString(), until: null, state: 'in-force', published_at: new Date(this.now()).toISOString(), published_by: who, drawn_by: kept.model.draft?.drawn_by ?? who, note: body.note, basis: body.basis ?? '', source: of ? 'rollback' : 'draft', of }
    kept.xml.set(number, kept.draft)
    kept.model.versions.unshift(version)
    kept.model.draft = null
    return version
  }

  /** The model as of now: which version is in force follows from the dates. */
  private refresh(kept: Kept): RuleModel {
    const versions = kept.model.versions.filter((one) => !one.cancelled_at)
    const starts = versions.map((one) => Date.parse(one.from))
    versions.forEach((one, index) => {
      one.until = index > 0 ? versions[index - 1].from : null
      one.state = starts[index] > this.now() ? 'scheduled' : one.until && Date.parse(one.until) <= this.now() ? 'past' : 'in-force'
    })
    kept.model.in_force = versions.find((one) => one.state === 'in-force')?.number ?? null
    kept.model.version_count = kept.model.versions.length
    return kept.model
  }

  private summary(kept: Kept): RuleSummary {
    const model = this.refresh(kept)
    const report = checkModel(model.in_force ? kept.xml.get(model.in_force)! : kept.draft)
    return { ...model, in_force_from: model.versions.find((one) => one.number === model.in_force)?.from ?? null, errors: report.problems.length, findings: report.findings.length }
  }

  private detail(request: Request): RuleModel {
    const kept = this.find(request)
    const model = structuredClone(this.refresh(kept))
    return model
  }

  private find(request: Request): Kept {
    const kept = this.kept.get(request.params.code)
    if (!kept) throw new Problem(404, 'Not Found', `没有代码为 ${request.params.code} 的规则。`)
    return kept
  }

  private textOf({ xml, code, version, draft }: Asked): string {
    if (xml !== undefined) return xml
    const kept = this.kept.get(code ?? '')
    if (!kept) throw new Problem(404, 'Not Found')
    return draft ? kept.draft : kept.xml.get(version ?? this.refresh(kept).in_force ?? 0)!
  }
}

function xmlAnswer(request: Request, text: string): typeof answered {
  request.reply.writeHead(200, { 'Content-Type': 'application/xml' }).end(text)
  return answered
}
