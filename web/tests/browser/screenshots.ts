// A picture of every page at both widths, to be looked at by a person. SHU_SCREENSHOTS names the folder, SHU_ONLY a part of the names.
import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { startMock } from '../mock/server'
import { launch, open, settled, signIn, type OpenOptions } from './browser'
import { people, placesOf, type Place } from './places'

const folder = process.env.SHU_SCREENSHOTS ?? '.screenshots'
const only = process.env.SHU_ONLY ?? ''
const english = ['front', 'desk', 'dataset', 'monitor', 'call', 'my', 'rules', 'rule', 'rule-cases', 'rule-check', 'rule-versions', 'rule-reading']
const elderly = ['front', 'my', 'my-call', 'rule']

mkdirSync(folder, { recursive: true })
const mock = await startMock({ traffic: 20 })
const browser = await launch()
const all = placesOf(mock)
for (const size of ['desktop', 'phone'] as const) {
  await shoot(all.filter((place) => size === 'desktop' || !place.wide), { size }, `${size}`)
  await shoot(all.filter((place) => english.includes(place.name)), { size, language: 'en' }, `${size}-en`)
}
await shoot(all.filter((place) => elderly.includes(place.name)), { size: 'phone', elderly: true }, 'phone-elderly')
await browser.close()
mock.close()

async function shoot(places: Place[], options: OpenOptions, mark: string): Promise<void> {
  const wanted = places.filter((place) => place.name.includes(only))
  for (const who of [...new Set(wanted.map((place) => place.who))]) {
    const { page, complaints } = await open(browser, mock.address, options)
    if (who) await signIn(page, people[who].name, people[who].password)
    for (const place of wanted.filter((one) => one.who === who)) await take(page, place, mark)
    if (complaints.length > 0) console.error(`${mark} ${who}:`, complaints)
    await page.context().close()
  }
}

async function take(page: Page, place: Place, mark: string): Promise<void> {
  await page.goto(place.path)
  await settled(page)
  if (place.press && !mark.includes('en')) await page.getByRole('button', { name: place.press, exact: true }).first().click()
  if (place.name.includes('call') || place.name === 'act') await page.waitForSelector('.proof.good, .proof.bad')
  if (place.name === 'monitor') await page.waitForTimeout(9000)
  if (place.press || place.name === 'front') await page.waitForTimeout(700)
  await page.screenshot({ path: `${folder}/${place.name}.${mark}.png`, fullPage: !['apply', 'decide', 'rule-publish'].includes(place.name) })
}
