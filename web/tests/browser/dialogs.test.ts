// Every dialog by keyboard alone: Enter opens it, the focus goes in and stays in, every control is reached, and Escape and its own
// button close it with the focus back where it was.
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMock } from '../mock/server'
import { launch, open, settled, signIn } from './browser'
import { people, placesOf, type Mock } from './places'

interface Asked {
  name: string
  who: keyof typeof people
  /** a place of `placesOf`, or an address */
  at: string
  /** the button that opens it */
  opener: string
  /** the button that closes it and changes nothing */
  closer: string
}

const dialogs: Asked[] = [
  { name: 'the application', who: 'social', at: 'catalogue-entry', opener: '申请使用', closer: '取消' },
  { name: 'the decision', who: 'police', at: 'application-waiting', opener: '审批', closer: '取消' },
  { name: 'the revocation', who: 'police', at: 'grant', opener: '撤销授权', closer: '取消' },
  { name: 'a code table', who: 'police', at: 'dataset', opener: 'sex', closer: 'Close this dialog' },
  { name: 'a new rule', who: 'rules', at: 'rules', opener: '新建规则', closer: '取消' },
  { name: 'a test case', who: 'rules', at: 'rule-cases', opener: '修改案例 外地户籍', closer: '取消' },
  { name: 'the publication', who: 'publisher', at: 'rule-publish', opener: '发布…', closer: '取消' },
  { name: 'the way back', who: 'publisher', at: 'rule-versions', opener: '恢复此版 第 1 版', closer: '取消' },
  { name: 'the replay', who: 'publisher', at: 'rule-versions', opener: '用以往案例推演…', closer: 'Close this dialog' },
]
const controls = 'button:not(:disabled), a[href], input:not(:disabled):not([type=radio]), input[type=radio]:checked, select:not(:disabled), textarea:not(:disabled), [tabindex="0"]'

let browser: Browser
let mock: Mock

beforeAll(async () => {
  mock = await startMock({ traffic: 2 })
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  mock?.close()
})

describe.each(dialogs)('$name', ({ who, at, opener, closer }) => {
  it('is opened, gone through and closed by keyboard', async () => {
    const { page, complaints } = await open(browser, mock.address)
    await signIn(page, people[who].name, people[who].password)
    await page.goto(placesOf(mock).find((place) => place.name === at)!.path)
    await settled(page)
    const button = page.getByRole('button', { name: opener, exact: true }).first()
    const dialog = page.getByRole('dialog')

    await press(page, button)
    await dialog.waitFor()
    await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement)), { timeout: 3000 }).toBe(true)
    expect(await goRound(page)).toEqual([])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await isFocused(button)).toBe(true)

    await press(page, button)
    await dialog.waitFor()
    await press(page, dialog.getByRole('button', { name: closer, exact: true }))
    await dialog.waitFor({ state: 'hidden' })
    expect(await isFocused(button)).toBe(true)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

async function press(page: Page, button: Locator): Promise<void> {
  await button.focus()
  await page.keyboard.press('Enter')
}

function isFocused(button: Locator): Promise<boolean> {
  return button.evaluate((element) => element === document.activeElement)
}

/** Tabs once through the dialog and on; what it did not reach, and each time the focus was outside. */
async function goRound(page: Page): Promise<string[]> {
  const expected = await page.getByRole('dialog').evaluate((dialog, selector) => {
    const found = [...dialog.querySelectorAll<HTMLElement>(selector)].filter((one) => one.offsetParent !== null)
    found.forEach((one, index) => one.setAttribute('data-reach', String(index)))
    return found.map((one) => one.outerHTML.slice(0, 80))
  }, controls)
  const faults: string[] = []
  const reached = new Set<number>()
  // A date is several stops: year, month, day and its calendar.
  const dates = await page.getByRole('dialog').locator('input[type=date], input[type=datetime-local]').count()
  for (let step = 0; step < expected.length + 3 + 6 * dates; step++) {
    const at = await page.evaluate(() => {
      const focused = document.activeElement
      return focused?.closest('[role=dialog]') ? Number(focused.getAttribute('data-reach') ?? -1) : null
    })
    if (at === null) faults.push(`the focus is outside after ${step} steps`)
    else reached.add(at)
    await page.keyboard.press('Tab')
  }
  return [...faults, ...expected.filter((_, index) => !reached.has(index)).map((control) => `not reached: ${control}`)]
}
