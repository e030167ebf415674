// axe on every page at both widths, in both languages and elderly mode: WCAG 2.2 A and AA. Nothing may scroll sideways.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMock } from '../mock/server'
import { launch, open, settled, signIn, type OpenOptions } from './browser'
import { people, placesOf, type Mock, type Place } from './places'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const settings: OpenOptions[] = [{ size: 'desktop' }, { size: 'phone' }]
/** Where elderly mode and English are checked too: together they hold every component. */
const telling = ['rule', 'rule-cases', 'rule-versions', 'rule-reading', 'front', 'my', 'my-call', 'catalogue-entry', 'dataset', 'monitor', 'checkpoints', 'sign-in']

let browser: Browser
let mock: Mock

beforeAll(async () => {
  mock = await startMock({ traffic: 10 })
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  mock?.close()
})

describe.each(settings)('every page with %o', (setting) => {
  it.each([null, 'police', 'social', 'rules', 'publisher', 'citizen', 'fresh'] as const)('is accessible and quiet for %s', (who) => check(setting, who, (place) => !place.wide || setting.size === 'desktop'))
})

describe.each<OpenOptions>([{ size: 'phone', elderly: true }, { size: 'phone', language: 'en' }])('the telling pages with %o', (setting) => {
  it.each([null, 'police', 'social', 'rules', 'publisher', 'citizen'] as const)('are accessible and quiet for %s', (who) => check(setting, who, (place) => telling.includes(place.name)))
})

it('finds what is planted', async () => {
  const { page } = await open(browser, mock.address)
  await page.goto('/sign-in')
  await settled(page)
  expect(await faultsOf(page)).toEqual([])
  await page.evaluate(() => {
    document.querySelector('label[for=name]')!.remove()
    document.querySelector('h1')!.setAttribute('style', 'color: #eee')
    document.querySelector('main')!.insertAdjacentHTML('beforeend', '<div style="width: 3000px">x</div>')
  })
  const faults = (await faultsOf(page)).join('\n')
  expect(faults).toContain('label')
  expect(faults).toContain('color-contrast')
  expect(faults).toContain('scrolls sideways')
  await page.context().close()
})

async function check(setting: OpenOptions, who: keyof typeof people | null, isWanted: (place: Place) => boolean): Promise<void> {
  const { page, complaints } = await open(browser, mock.address, setting)
  if (who) await signIn(page, people[who].name, people[who].password)
  const faults: string[] = []
  for (const place of placesOf(mock).filter((one) => one.who === who && isWanted(one))) {
    await page.goto(place.path)
    await settled(page)
    if (place.name.includes('call') || place.name === 'act') await page.waitForSelector('.proof.good')
    if (place.press && setting.language !== 'en') await page.getByRole('button', { name: place.press, exact: true }).click()
    faults.push(...(await faultsOf(page)).map((fault) => `${place.name}: ${fault}`))
  }
  await page.context().close()
  expect(faults).toEqual([])
  expect(complaints).toEqual([])
}

async function faultsOf(page: Page): Promise<string[]> {
  // As tall as its content, so that nothing lies under a bar that sticks to the window.
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  await page.setViewportSize({ width: page.viewportSize()!.width, height })
  await page.evaluate(axe)
  const results = await page.evaluate((values) => (window as unknown as { axe: { run: (options: unknown) => Promise<AxeResults> } }).axe.run({ runOnly: { type: 'tag', values } }), tags)
  const faults = results.violations.map((fault) => `${fault.id}: ${fault.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')}`)
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  await page.setViewportSize({ width: page.viewportSize()!.width, height: 844 })
  if (overflow > 0) faults.push(`scrolls sideways by ${overflow} px`)
  return faults
}
