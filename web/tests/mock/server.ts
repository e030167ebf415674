// The mock API server: the contract of the HTTP API over an invented city, with true SM2/SM3 proofs. For development and browser tests.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerResponse } from 'node:http'
import type { Account, CatalogueDetail, DatasetDetail, GatewaySecond, Grant, NewApplication } from '../../src/api/types'
import * as city from './city'
import { collect, type Collected } from './collection'
import { MockExchange } from './exchange'
import { MockLedger } from './ledger'
import { MockRules } from './rule'
import { answered, Problem, Router, stream, type Request } from './wire'

const here = dirname(fileURLToPath(import.meta.url))

export interface MockOptions {
  port?: number
  /** calls a second of invented traffic */
  traffic?: number
  stepMs?: number
}

export async function startMock({ port = 0, traffic = 4, stepMs = 90 }: MockOptions = {}) {
  const now = () => Date.now()
  const ledger = new MockLedger(now)
  const exchange = new MockExchange(ledger, now)
  const rules = new MockRules(now)
  const batches: Collected[] = []
  const sessions = new Map<string, Account>()
  const failures = new Map<string, number>()
  const ledgerFeeds = new Set<ServerResponse>()
  const gatewayFeeds = new Set<ServerResponse>()
  let sessionNumber = 0
  let second = { calls: 0, refused: 0, rows: 0, times: [] as number[] }
  let background = 0

  prepare()
  const router = new Router()
  publicRoutes()
  identityRoutes()
  recordRoutes()
  exchangeRoutes()
  ledgerRoutes()
  rules.routes(router, need)
  const started = await router.listen(port, join(here, '../../dist'))
  const timers = [setInterval(tick, 1000), setInterval(invent, traffic > 0 ? Math.max(20, 1000 / traffic) : 1000)]
  return { ...started, ledger, exchange, close }

  function close(): void {
    for (const timer of timers) clearInterval(timer)
    started.server.closeAllConnections()
    started.server.close()
  }

  function prepare(): void {
    const begin = now() - 9 * 86_400_000
    for (let index = 0; index < 420; index++) {
      const dataset = city.datasets[index % city.datasets.length]
      ledger.record({ actor: 'system:city', verb: 'city.apply', object: `dataset:${dataset.code}`, organisation: 'sy-sjj', detail: { index } }, begin + index * 60_000)
      if (index % 40 === 39) ledger.sign(begin + index * 60_000)
    }
    const [police, social, market] = city.accounts
    const first = exchange.apply(social, { dataset: 'population', fields: ['id_number', 'name', 'community'], purpose: '核对领取养老金人员的生存状态', basis: '社会保险法第七十四条', days: 365, quota_per_day: 20_000 })
    exchange.decide(police, first, { approve: true, reason: '同意，按最小范围提供。' })
    const second_ = exchange.apply(market, { dataset: 'population', fields: ['id_number', 'name'], purpose: '核实企业法定代表人身份', basis: '市场主体登记管理条例第十五条', days: 180, quota_per_day: 5_000 })
    exchange.decide(police, second_, { approve: true, reason: '' })
    for (const grant of exchange.grants) grant.client_id = `c-${grant.id.slice(-8)}`
    const third = exchange.apply(social, { dataset: 'estate', fields: ['unit', 'owner'], purpose: '核查困难家庭不动产状况', basis: '社会救助暂行办法第十一条', days: 90, quota_per_day: 1_000 })
    const nature = { ...police, id: '9', organisation: 'sy-zrj', display_name: '赵明远' }
    exchange.decide(nature, third, { approve: false, reason: '请先取得家庭成员书面授权。' })
    exchange.apply(market, { dataset: 'population', fields: ['id_number', 'name', 'address', 'phone'], purpose: '个体工商户登记信息核对', basis: '个体工商户条例第八条', days: 365, quota_per_day: 2_000 })
    for (let index = 0; index < 37; index++) exchange.call(exchange.grants[index % 2], index % 9 === 0 ? 0 : index)
    exchange.seal()
    batches.push(finished('100001', 'population', '户籍人口_2026年10月.csv', 4210), finished('100002', 'household', '家庭_10月.csv', 1180))
    ledger.record({ actor: 'account:1', organisation: 'sy-gaj', verb: 'batch.finish', object: 'batch:100001', detail: { read: 4210 } })
    ledger.sign()
  }

  function finished(id: string, code: string, name: string, rows: number): Collected {
    const dataset = city.datasets.find((one) => one.code === code)!
    const header = dataset.fields.map((field) => field.code)
    const text = Array.from({ length: rows }, (_, index) => {
      const one = city.person(index)
      if (index % 131 === 7) one.id_number = one.id_number.slice(0, 17) + (one.id_number.endsWith('1') ? '2' : '1')
      if (index % 197 === 11) one.born = '1987-13-40'
      if (index % 389 === 23) one.name = ''
      return header.map((field) => one[field] ?? '1').join(',')
    })
    const collected = collect(id, dataset, dataset.provider, name, [header.join(','), ...text].join('\n'), now() - 5 * 3_600_000)
    return { ...collected, batch: collected.steps.at(-1)! }
  }

  function tick(): void {
    if (background % 3 === 0) exchange.seal()
    background += 1
    const checkpoint = ledger.sign()
    if (checkpoint) for (const feed of ledgerFeeds) write(feed, 'checkpoint', checkpoint)
    const times = second.times.sort((a, b) => a - b)
    const data: GatewaySecond = {
      at: new Date(now()).toISOString(), calls: second.calls, answered: second.calls - second.refused, refused: second.refused, rows: second.rows,
      p50_us: times[Math.floor(times.length / 2)] ?? 0, p99_us: times.at(-1) ?? 0,
    }
    for (const feed of gatewayFeeds) write(feed, 'second', data)
    second = { calls: 0, refused: 0, rows: 0, times: [] }
  }

  function invent(): void {
    if (traffic === 0) return
    const grant = exchange.grants.filter((one) => one.client_id)[exchange.calls.length % 2]
    if (grant?.state === 'active') announce(exchange.call(grant, 1 + (exchange.calls.length % 500), exchange.calls.length % 23 === 0 ? '时间戳超出窗口' : '').call)
  }

  function announce(call: (typeof exchange.calls)[number]): void {
    second.calls += 1
    second.rows += call.rows
    second.refused += call.outcome === 'refused' ? 1 : 0
    second.times.push(call.duration_us)
    for (const feed of gatewayFeeds) write(feed, 'call', call)
  }

  function write(feed: ServerResponse, event: string, data: unknown): void {
    feed.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  function keep(feeds: Set<ServerResponse>, reply: ServerResponse): typeof answered {
    stream(reply)
    feeds.add(reply)
    reply.on('close', () => feeds.delete(reply))
    return answered
  }

  function who(request: Request): Account | null {
    return sessions.get(/session=(\w+)/.exec(request.raw.headers.cookie ?? '')?.[1] ?? '') ?? null
  }

  function need(request: Request, verb?: string): Account {
    const person = who(request)
    if (person === null) throw new Problem(401, 'Unauthorized', '')
    if (verb && !person.permissions.includes(verb)) throw new Problem(403, 'Forbidden', `需要权限 ${verb}`)
    return person
  }

  function page<T>(request: Request, all: T[]): { items: T[]; next: string | null } {
    const limit = Math.min(500, Number(request.query.get('limit') || 50))
    const from = Number(request.query.get('cursor') || 0)
    return { items: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null }
  }

  function found<T>(value: T | null | undefined): T {
    if (value === null || value === undefined) throw new Problem(404, 'Not Found')
    return value
  }

  function publicRoutes(): void {
    const title = { code: '210100', name: '沈阳市', name_en: 'Shenyang', title: '沈阳数字政府', title_en: 'Digital Government of Shenyang', centre: [123.43, 41.8], utc_offset_minutes: 480, demo: true, version: '0.1.0' }
    router.on('GET /api/city', () => title)
    router.on('GET /api/city/boundaries', () => JSON.parse(readFileSync(join(here, 'districts.json'), 'utf8')))
    router.on('GET /api/overview', () => ({
      population: city.districtFigures.reduce((sum, one) => sum + one.people, 0), datasets: city.datasets.length, organisations: city.organisations.length, catalogue: city.datasets.length,
      records: city.datasets.reduce((sum, one) => sum + one.records, 0), acts: ledger.acts.length, calls_today: exchange.calls.length, grants: exchange.grants.filter((one) => one.state === 'active').length, districts: city.districtFigures,
    }))
  }

  function identityRoutes(): void {
    router.on('GET /api/session', (request) => ({ account: who(request), demo: true }))
    router.on('POST /api/session', (request) => {
      const { name, password } = request.json<{ name: string; password: string }>()
      const tries = failures.get(name) ?? 0
      if (tries >= 5) throw new Problem(429, 'Too Many Requests', '账号锁定至 18:30，请稍后再试。')
      const person = city.accounts.find((one) => one.name === name)
      if (!person || password !== city.password) {
        failures.set(name, tries + 1)
        throw new Problem(401, 'Unauthorized', '账号或密码不对')
      }
      const token = `s${++sessionNumber}`
      sessions.set(token, { ...person })
      request.reply.setHeader('Set-Cookie', `session=${token}; HttpOnly; SameSite=Strict; Path=/`)
      ledger.record({ actor: `account:${person.id}`, organisation: person.organisation ?? '', verb: 'account.sign-in', object: `account:${person.id}` })
      return { account: sessions.get(token) }
    })
    router.on('DELETE /api/session', (request) => {
      sessions.delete(/session=(\w+)/.exec(request.raw.headers.cookie ?? '')?.[1] ?? '')
      return undefined
    })
    router.on('PUT /api/session/password', (request) => {
      const person = need(request)
      if (request.json<{ old: string }>().old !== city.password) throw new Problem(422, 'Unprocessable', '现在的密码不对', [{ pointer: '/old', message: '现在的密码不对' }])
      person.must_change_password = false
      return undefined
    })
    router.on('GET /api/demo/accounts', () => ({ items: city.demoAccounts, next: null }))
    router.on('GET /api/organisations', (request) => {
      const q = request.query.get('q') ?? ''
      const parent = request.query.get('parent')
      return page(request, city.organisations.filter((one) => (!q || `${one.name}${one.name_en}${one.short_name}${one.credit_code}`.includes(q)) && (parent === null || (one.parent ?? '') === parent)))
    })
    router.on('GET /api/organisations/{code}', ({ params }) => found(city.organisations.find((one) => one.code === params.code)))
  }

  function seenBy(person: Account, dataset: DatasetDetail): DatasetDetail {
    const own = dataset.provider === person.organisation
    return { ...dataset, may_collect: own && person.permissions.includes('dataset.collect'), may_browse: own && person.permissions.includes('dataset.read') }
  }

  function recordRoutes(): void {
    router.on('GET /api/registries', (request) => (need(request), { items: city.registries, next: null }))
    router.on('GET /api/datasets', (request) => {
      const person = need(request)
      const [q, registry] = [request.query.get('q') ?? '', request.query.get('registry') ?? '']
      const list = city.datasets.filter((one) => `${one.code}${one.name}${one.name_en}`.includes(q) && (!registry || one.registry === registry))
      return page(request, list.map((one) => ({ ...seenBy(person, one), fields: one.fields.length })))
    })
    router.on('GET /api/datasets/{code}', (request) => seenBy(need(request), found(city.datasets.find((one) => one.code === request.params.code))))
    router.on('GET /api/datasets/{code}/records', (request) => {
      const person = need(request, 'dataset.read')
      const dataset = found(city.datasets.find((one) => one.code === request.params.code))
      ledger.record({ actor: `account:${person.id}`, organisation: person.organisation!, verb: 'record.read', object: `dataset:${dataset.code}` })
      const q = request.query.get('q') ?? ''
      const all = Array.from({ length: 120 }, (_, index) => city.person(index)).filter((one) => !q || one.id_number.includes(q) || one.name.includes(q))
      const rows = all.map((one) => Object.fromEntries(dataset.fields.map((field) => [field.code, field.level > 2 ? city.masked(field, one[field.code] ?? '—') : (one[field.code] ?? '—')])))
      return { ...page(request, rows), columns: dataset.fields.map((field) => ({ code: field.code, name: field.name, name_en: field.name_en, masked: field.level > 2 && field.mask !== '' })) }
    })
    router.on('GET /api/codes/{code}', (request) => (need(request), found(city.codeTables[request.params.code])))
    router.on('POST /api/datasets/{code}/batches', (request) => {
      const person = need(request, 'dataset.collect')
      const dataset = found(city.datasets.find((one) => one.code === request.params.code))
      const collected = collect(String(100_001 + batches.length), dataset, person.organisation!, request.query.get('filename') ?? '', request.body.toString('utf8'), now())
      batches.push(collected)
      request.reply.statusCode = 202
      for (const [index, step] of collected.steps.entries()) {
        setTimeout(() => {
          collected.batch = step
          if (step.state === 'done') ledger.record({ actor: `account:${person.id}`, organisation: person.organisation!, verb: 'batch.finish', object: `batch:${step.id}`, detail: { read: step.read } })
        }, (index + 1) * stepMs)
      }
      return collected.batch
    })
    router.on('GET /api/batches', (request) => {
      const person = need(request)
      const dataset = request.query.get('dataset')
      return page(request, [...batches].reverse().map((one) => one.batch).filter((one) => one.organisation === person.organisation && (!dataset || one.dataset === dataset)))
    })
    const batchOf = (request: Request) => (need(request), found(batches.find((one) => one.batch.id === request.params.id)))
    router.on('GET /api/batches/{id}', (request) => batchOf(request).batch)
    router.on('GET /api/batches/{id}/quarantine', (request) => page(request, batchOf(request).quarantine))
    router.on('GET /api/batches/{id}/quarantine.csv', (request) => {
      const rows = batchOf(request).quarantine.map((row) => `${row.line},${row.field},${row.reason},"${row.text}"`)
      request.reply.writeHead(200, { 'Content-Type': 'text/csv; charset=utf-8' }).end(`line,field,reason,row\r\n${rows.join('\r\n')}\r\n`)
      return answered
    })
    router.on('GET /api/batches/{id}/events', (request) => {
      const collected = batchOf(request)
      const send = stream(request.reply)
      const timer = setInterval(() => {
        send('batch', collected.batch)
        if (collected.batch.state === 'done' || collected.batch.state === 'failed') {
          clearInterval(timer)
          request.reply.end()
        }
      }, stepMs)
      request.reply.on('close', () => clearInterval(timer))
      return answered
    })
  }

  function catalogueEntry(dataset: DatasetDetail, person: Account | null): CatalogueDetail {
    const type = dataset.code === 'marriage' ? 'refused' : dataset.level === 1 ? 'unconditional' : 'conditional'
    return {
      dataset: dataset.code, resource_code: `3${city.datasets.indexOf(dataset)}0000/${String(city.datasets.indexOf(dataset) + 1).padStart(6, '0')}`, name: dataset.name, name_en: dataset.name_en, provider: dataset.provider, provider_name: dataset.provider_name,
      class: [city.registries.find((one) => one.code === dataset.registry)!.name, dataset.name], abstract: dataset.description, abstract_en: `${dataset.name_en} of the invented city`, format: '3 数据库 postgresql',
      sharing: { type, condition: type === 'conditional' ? '用于履行法定职责，按申请用途提供' : '', method: '共享平台 接口', condition_en: type === 'conditional' ? 'For statutory duties, as the application says' : '', ...(type === 'refused' && { basis: '个人信息保护法第二十八条' }) },
      open: { open: type === 'unconditional', condition: '' }, cycle: '每日', published: '20260701', level: dataset.level, fields: dataset.fields.length, records: dataset.records,
      items: dataset.fields.map((field) => ({ code: field.code, name: field.name, name_en: field.name_en, codes: field.codes, standard: field.standard, type: field.type, type_letter: field.type === 'date' ? 'D' : field.type === 'integer' ? 'I' : 'C', length: field.length, level: field.level, mask: field.mask !== '' })),
      key: dataset.key,
      related: [], granted: exchange.grants.some((one) => one.dataset === dataset.code && one.organisation === person?.organisation && one.state === 'active'), gateway: `/gateway/${dataset.code}`,
    }
  }

  function exchangeRoutes(): void {
    router.on('GET /api/catalogue', (request) => {
      const [q, kind, provider, sharing] = ['q', 'class', 'provider', 'sharing'].map((name) => request.query.get(name) ?? '')
      const all = city.datasets.map((one) => catalogueEntry(one, who(request))).filter((one) => `${one.name}${one.name_en}${one.abstract}${one.dataset}`.includes(q) && (!kind || one.class[0] === kind) && (!provider || one.provider === provider) && (!sharing || String(one.sharing.type) === sharing))
      return page(request, all.map((one) => ({ ...one, fields: one.items.length, items: undefined })))
    })
    router.on('GET /api/catalogue/{dataset}', (request) => catalogueEntry(found(city.datasets.find((one) => one.code === request.params.dataset)), who(request)))
    router.on('POST /api/applications', (request) => {
      request.reply.statusCode = 201
      return exchange.apply(need(request, 'application.create'), request.json<NewApplication>())
    })
    router.on('GET /api/applications', (request) => {
      const person = need(request)
      const side = request.query.get('role') === 'provider' ? 'provider' : 'applicant'
      const state = request.query.get('state')
      return page(request, exchange.applications.filter((one) => one[side] === person.organisation && (!state || one.state === state)))
    })
    const applicationOf = (request: Request) => found(exchange.applications.find((one) => one.id === request.params.id))
    router.on('GET /api/applications/{id}', (request) => (need(request), applicationOf(request)))
    router.on('POST /api/applications/{id}/decision', (request) => exchange.decide(need(request, 'application.decide'), applicationOf(request), request.json()))
    router.on('GET /api/grants', (request) => {
      const person = need(request)
      const side = request.query.get('role') === 'provider' ? 'provider' : 'organisation'
      return page(request, exchange.grants.filter((one) => one[side] === person.organisation).map((one) => seenGrant(person, one)))
    })
    const seenGrant = (person: Account, one: Grant): Grant => ({ ...one, may_revoke: one.state === 'active' && person.permissions.includes('grant.revoke') && one.provider === person.organisation })
    const grantOf = (request: Request) => found(exchange.grants.find((one) => one.id === request.params.id))
    router.on('GET /api/grants/{id}', (request) => seenGrant(need(request), grantOf(request)))
    router.on('POST /api/grants/{id}/credentials', (request) => {
      const grant = grantOf(request)
      if (grant.client_id) throw new Problem(409, 'Conflict', '凭据已被取走')
      return exchange.credentials(need(request, 'grant.collect'), grant, request.origin)
    })
    router.on('POST /api/grants/{id}/revocation', (request) => exchange.revoke(need(request, 'grant.revoke'), grantOf(request), request.json<{ reason: string }>().reason))
    router.on('GET /gateway/{dataset}', (request) => {
      const client = request.raw.headers['x-client-id']
      const grant = exchange.grants.find((one) => one.client_id === client && one.dataset === request.params.dataset)
      if (!grant || !request.raw.headers['x-signature']) throw new Problem(401, 'Unauthorized', '签名无效')
      const { call, items } = exchange.call(grant, 0)
      announce(call)
      return { items, call: call.id }
    })
    router.on('GET /api/calls', (request) => (need(request, 'gateway.monitor'), page(request, exchange.calls)))
    router.on('GET /api/calls/{id}', (request) => (need(request), found(exchange.calls.find((one) => one.id === request.params.id))))
    router.on('GET /api/calls/{id}/receipt', (request) => (need(request), found(exchange.receipt(request.params.id))))
    router.on('GET /api/gateway/events', (request) => (need(request, 'gateway.monitor'), keep(gatewayFeeds, request.reply)))
    router.on('GET /api/gateway/statistics', (request) => {
      need(request, 'gateway.monitor')
      const count = (of: (call: (typeof exchange.calls)[number]) => string) => [...exchange.calls.reduce((sums, call) => sums.set(of(call), (sums.get(of(call)) ?? 0) + 1), new Map<string, number>())]
      return { series: [], by_organisation: count((call) => call.organisation_name).map(([name, calls]) => ({ organisation: name, name, calls })), by_dataset: count((call) => call.dataset_name).map(([name, calls]) => ({ dataset: name, name, calls })) }
    })
    router.on('GET /api/me/accesses', (request) => (need(request), page(request, exchange.accessesOf('0'))))
    router.on('GET /api/me/accesses/{sequence}/receipt', (request) => (need(request), found(ledger.receipt(Number(request.params.sequence)))))
  }

  function ledgerRoutes(): void {
    router.on('GET /api/ledger/checkpoint', () => ledger.newest())
    router.on('GET /api/ledger/checkpoints', (request) => page(request, [...ledger.checkpoints].reverse()))
    router.on('GET /api/ledger/keys', () => ({ items: ledger.keys }))
    router.on('GET /api/ledger/acts', (request) => {
      need(request, 'ledger.read')
      const filter = (['object', 'subject', 'actor', 'verb'] as const).filter((name) => request.query.get(name))
      const before = Number(request.query.get('before') || ledger.newest().size)
      const list = ledger.acts.slice(0, before).reverse().filter((act) => filter.every((name) => act[name] === request.query.get(name)))
      return { items: list.slice(0, Number(request.query.get('limit') || 50)), next: null }
    })
    router.on('GET /api/ledger/acts/{sequence}', (request) => (need(request, 'ledger.read'), found(ledger.acts[Number(request.params.sequence)])))
    router.on('GET /api/ledger/acts/{sequence}/receipt', (request) => (need(request), found(ledger.receipt(Number(request.params.sequence)))))
    router.on('GET /api/ledger/consistency', ({ query }) => {
      const [from, to] = [Number(query.get('from')), Number(query.get('to'))]
      return { from, to, path: ledger.consistency(from, to) }
    })
    router.on('GET /api/ledger/events', (request) => keep(ledgerFeeds, request.reply))
  }
}
