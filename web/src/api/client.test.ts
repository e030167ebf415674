import { afterEach, describe, expect, it, vi } from 'vitest'
import { get, post, problemOf, withQuery } from './client'
import { problemText, texts } from '@/component/texts'

afterEach(() => vi.unstubAllGlobals())

function answer(status: number, body: string): void {
  vi.stubGlobal('fetch', vi.fn(async () => new Response(body, { status })))
}

describe('the client', () => {
  it('leaves out empty parts of a query', () => {
    expect(withQuery('/api/x', { a: '', b: null, c: undefined, d: 0, e: '沈阳' })).toBe('/api/x?d=0&e=%E6%B2%88%E9%98%B3')
  })
  it('turns a problem document into a problem with its fields', async () => {
    answer(422, '{"title":"Unprocessable","detail":"字段有误","problems":[{"pointer":"/days","message":"太长"}]}')
    await expect(post('/api/x', {})).rejects.toMatchObject({ status: 422, detail: '字段有误', problems: [{ pointer: '/days', message: '太长' }] })
  })
  it('survives a failing answer that is no problem document', () => {
    expect(problemOf(502, '<html>')).toMatchObject({ status: 502, problems: [] })
  })
  it('tells an unreachable server apart', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('failed'))))
    await expect(get('/api/x')).rejects.toMatchObject({ status: 0 })
  })
  it('has a sentence for every status in both languages', () => {
    for (const words of [texts.zh, texts.en]) {
      for (const status of [0, 400, 401, 403, 404, 409, 422, 429, 500, 503]) {
        expect(problemText({ status, title: '', detail: '' }, words).length).toBeGreaterThan(3)
      }
    }
  })
})
