// A decision model in the hands of officials: drawn, tried, explained, tested, published by another, replayed; and read on a telephone.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { password } from '../mock/city'
import { startMock } from '../mock/server'
import { launch, open, settled, signIn, type OpenOptions } from './browser'
import type { Mock } from './places'

let browser: Browser
let mock: Mock
const complaints: string[] = []

beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
})
/** A city of its own for each test: they publish and change. */
beforeEach(async () => {
  mock = await startMock({ traffic: 0 })
})
afterEach(() => mock.close())

async function as(name: string, path: string, options: OpenOptions = {}): Promise<Page> {
  const watched = await open(browser, mock.address, options)
  watched.page.setDefaultTimeout(15_000)
  await signIn(watched.page, name, password)
  watched.page.context().on('close', () => complaints.push(...watched.complaints))
  await watched.page.goto(path)
  await settled(watched.page)
  return watched.page
}

async function give(page: Page, age: string, household: string, grade: string): Promise<void> {
  await page.getByLabel('年龄', { exact: true }).fill(age)
  await page.getByLabel('户籍所在地').selectOption({ label: household })
  await page.getByLabel('评估等级').selectOption({ label: grade })
}

/** Writes into a drawn cell as a person does: click, select all, type, leave. */
async function write(page: Page, cell: string, text: string): Promise<void> {
  await page.locator(`[data-element-id=${cell}]`).first().click()
  await page.waitForFunction((id) => document.activeElement?.closest(`[data-element-id=${id}]`) !== null, cell)
  await page.keyboard.press('Control+A')
  await page.keyboard.type(text)
  await page.keyboard.press('Tab')
}

function background(page: Page, selector: string): Promise<string> {
  return page.locator(selector).first().evaluate((element) => getComputedStyle(element).backgroundColor)
}

describe('the officer who draws', () => {
  it('tries a case and sees in words and in the drawn table why', async () => {
    const page = await as('rule-officer', '/rules/elder-care')
    await page.getByLabel('要算哪个决策').selectOption('月补贴标准')
    await give(page, '80', '本市', '重度')
    const before = await background(page, '[data-row-id=rule-old]')
    await page.getByRole('button', { name: '试算', exact: true }).click()
    await page.locator('.output', { hasText: '600' }).waitFor()
    const why = page.locator('.why')
    expect(await why.innerText()).toContain('第 2 行命中')
    expect(await why.innerText()).toContain('第 3 行：年龄 要求 [60..79]，而给出的是 80')
    expect(await background(page, '[data-row-id=rule-old]')).not.toBe(before)
    expect(await background(page, '[data-row-id=rule-young]')).toBe(before)
    expect(await page.locator('[data-row-id=rule-old].rule-index').evaluate((index) => getComputedStyle(index, '::before').content)).toContain('✓')
    await page.context().close()
  })

  it('changes a cell, sees the answer change at once, and saves a draft', async () => {
    const page = await as('rule-officer', '/rules/elder-care')
    await page.getByLabel('要算哪个决策').selectOption('月补贴标准')
    await give(page, '80', '本市', '重度')
    await page.getByRole('button', { name: '试算', exact: true }).click()
    await page.locator('.output', { hasText: '600' }).waitFor()
    await page.getByRole('button', { name: '月补贴标准', exact: true }).click()
    await write(page, 'severe-amount', '700')
    await page.locator('.output', { hasText: '700' }).waitFor()
    await page.getByText('未保存', { exact: true }).waitFor()
    // Letter by letter, as they were typed.
    for (const button of ['撤销', '重做']) {
      for (let letter = 0; letter < 3; letter++) await page.getByRole('button', { name: button, exact: true }).click()
      if (button === '撤销') await page.locator('.output', { hasText: '600' }).waitFor()
    }
    await page.locator('.output', { hasText: '700' }).waitFor()
    await page.getByRole('button', { name: '保存草稿' }).click()
    await page.getByText('草稿已保存，由有发布权的同事核对后发布。').waitFor()
    expect(await page.getByRole('button', { name: '发布…' }).count()).toBe(0)
    await page.reload()
    await settled(page)
    await page.getByRole('button', { name: '月补贴标准', exact: true }).click()
    await page.locator('[data-element-id=severe-amount]', { hasText: '700' }).waitFor()
    await page.context().close()
  })

  it('is led from a mistake to its cell, and the mistake goes when it is mended', async () => {
    const page = await as('rule-officer', '/rules/elder-care?tab=check')
    await page.getByRole('button', { name: '补贴资格', exact: true }).click()
    await write(page, 'old-age', '>= 六十')
    await page.getByRole('tab', { name: '检查 2' }).waitFor()
    await page.getByRole('button', { name: '决策图' }).click()
    await page.getByRole('button', { name: /错误.*第 2 行第 1 列/ }).click()
    await page.waitForFunction(() => document.activeElement?.closest('[data-element-id=old-age]') !== null)
    await page.keyboard.press('Control+A')
    await page.keyboard.type('>= 60')
    await page.keyboard.press('Tab')
    await page.getByRole('tab', { name: '检查 1' }).waitFor()
    page.once('dialog', (dialog) => void dialog.accept())
    await page.getByRole('navigation').getByRole('link', { name: '决策规则' }).click()
    await page.getByRole('heading', { name: '决策规则', exact: true }).waitFor()
    await page.context().close()
  })

  it('runs the test cases, sees what came out instead, and keeps a tried case', async () => {
    const page = await as('rule-officer', '/rules/elder-care?tab=cases')
    await page.getByRole('button', { name: '全部运行' }).click()
    await page.getByText('3 个通过，1 个未通过').waitFor()
    const outside = page.locator('tr', { hasText: '外地户籍' })
    expect(await outside.innerText()).toContain('实际：')
    expect(await outside.innerText()).toContain('"不符合"')
    await page.getByRole('button', { name: '修改案例 外地户籍' }).click()
    await page.getByRole('dialog').getByLabel('应有结果').fill('不符合')
    await page.getByRole('button', { name: '确定' }).click()
    await page.getByRole('button', { name: '看案例 外地户籍 为什么这样' }).click()
    await page.locator('.output', { hasText: '不符合' }).waitFor()
    await page.getByRole('button', { name: '存为案例' }).click()
    await page.getByRole('button', { name: '全部运行' }).click()
    await page.getByText('5 个全部通过').waitFor()
    await page.getByRole('button', { name: '保存草稿' }).click()
    await page.getByText('草稿已保存，由有发布权的同事核对后发布。').waitFor()
    await page.reload()
    await settled(page)
    await page.getByText('文件夹：七十岁中度').waitFor()
    expect(await page.locator('.beside tbody tr').count()).toBe(5)
    await page.context().close()
  })

  it('makes a new model and draws in it, in English', async () => {
    const page = await as('rule-officer', '/rules', { language: 'en' })
    await page.getByRole('button', { name: 'New rule' }).click()
    await page.getByRole('button', { name: 'Make the draft' }).click()
    await page.getByText('Give a code').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('Parking fee')
    await page.getByLabel('Code', { exact: true }).fill('parking-fee')
    await page.getByRole('button', { name: 'Make the draft' }).click()
    await page.waitForURL(/\/rules\/parking-fee$/)
    await settled(page)
    await page.getByText('Hit policy:').waitFor()
    await write(page, 'condition-1', '> 2')
    await write(page, 'result-1', '"5 yuan"')
    await page.getByLabel('Condition', { exact: true }).fill('3')
    await page.getByRole('button', { name: 'Try', exact: true }).click()
    await page.locator('.output', { hasText: '5 yuan' }).waitFor()
    await page.getByRole('button', { name: '中文' }).click()
    page.once('dialog', (dialog) => void dialog.accept())
    await page.getByRole('button', { name: '切换为中文' }).waitFor({ state: 'detached' })
    await page.getByText('命中策略：').waitFor()
    await page.locator('[data-element-id=condition-1]', { hasText: '> 2' }).waitFor()
    await page.context().close()
  })
})

describe('the officer who publishes', () => {
  it('replays recorded cases first: progress, figures, and the differences', async () => {
    const page = await as('rule-publisher', '/rules/elder-care?tab=versions')
    await page.getByRole('button', { name: '用以往案例推演…' }).click()
    await page.getByLabel('用什么重算').selectOption({ label: '第 1 版' })
    await page.getByRole('button', { name: '开始推演' }).click()
    await page.getByText('已重算 240 / 240').waitFor()
    const rows = page.getByRole('dialog').locator('tbody tr')
    await rows.first().waitFor()
    const different = Number(/结果不同\s*(\d+)/.exec(await page.getByRole('dialog').locator('dl').innerText())![1])
    expect(different).toBeGreaterThan(10)
    expect(await rows.count()).toBe(different)
    expect(await rows.first().innerText()).toMatch(/600\s+500/)
    await page.context().close()
  })

  it('publishes the draft of another from a date, with a reason', async () => {
    const page = await as('rule-publisher', '/rules/street-light')
    await page.getByRole('button', { name: '发布…' }).click()
    await page.getByLabel('指定时间').check()
    await page.getByText('有案例未通过').waitFor()
    expect(await page.getByRole('button', { name: '发布', exact: true }).isDisabled()).toBe(true)
    await page.getByLabel('案例未通过也要发布').check()
    await page.getByLabel('为什么改').fill('')
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await page.getByText('请写明原因。').waitFor()
    await page.getByText('请写一个将来的时间。').waitFor()
    await page.getByLabel('生效时间（城市时间）').fill('2099-01-01T00:00')
    await page.getByLabel('为什么改').fill('重度补贴提高到七百元')
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await page.getByText('第 1 版将于 2099-01-01 00:00 生效').waitFor()
    await page.getByRole('tab', { name: '版本' }).click()
    await page.getByText('数据局规则员 起草，数据局审定员 发布').first().waitFor()
    await page.getByText('待生效').waitFor()
    await page.context().close()
  })

  it('brings an old version back', async () => {
    const page = await as('rule-publisher', '/rules/elder-care?tab=versions')
    await page.getByRole('button', { name: '恢复此版 第 1 版' }).click()
    await page.getByLabel('为什么改').fill('新标准推迟执行')
    await page.getByRole('button', { name: '恢复', exact: true }).click()
    await page.getByText('内容同第 1 版').waitFor()
    await page.context().close()
  })

  it('reads and prints the whole, with the reasons of a case', async () => {
    const page = await as('rule-publisher', '/rules/elder-care')
    await give(page, '66', '外地', '轻度')
    await page.getByRole('button', { name: '试算', exact: true }).click()
    const opened = page.waitForEvent('popup')
    await page.getByRole('button', { name: '打印说明' }).click()
    const paper = await opened
    await paper.getByRole('heading', { name: '为什么是这个结果' }).waitFor()
    expect(await paper.locator('dl.given').innerText()).toContain('外地')
    expect(await paper.locator('tr.fired').first().innerText()).toContain('命中')
    await paper.emulateMedia({ media: 'print' })
    expect(await paper.locator('.mast').isVisible()).toBe(false)
    expect(await paper.getByRole('button', { name: '打印', exact: true }).isVisible()).toBe(false)
    expect(new URL(paper.url()).search).toBe('?case=1')
    await page.context().close()
  })
})

describe('a telephone', () => {
  it('reads and tries, says where drawing is done, and does not fetch the drawing tool', async () => {
    const watched = await open(browser, mock.address, { size: 'phone' })
    const fetched: string[] = []
    watched.page.on('request', (request) => fetched.push(new URL(request.url()).pathname))
    await signIn(watched.page, 'rule-officer', password)
    await watched.page.goto('/rules/elder-care')
    await settled(watched.page)
    await watched.page.getByText('绘制规则请换用宽屏电脑').waitFor()
    const table = watched.page.getByRole('region', { name: '补贴资格 的决策表' })
    expect(await table.evaluate((box) => box.scrollWidth > box.clientWidth)).toBe(true)
    expect(await watched.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0)
    await give(watched.page, '40', '本市', '轻度')
    await watched.page.getByRole('button', { name: '试算', exact: true }).click()
    await watched.page.locator('.output').waitFor()
    await watched.page.getByRole('button', { name: '在表中看第 1 行' }).first().click()
    await watched.page.waitForFunction(() => document.activeElement?.id === 'row-rule-young')
    expect(fetched.filter((path) => path.includes('/drawing-'))).toEqual([])
    complaints.push(...watched.complaints)
    await watched.page.context().close()
  })
})

it('citizens download no drawing tool', async () => {
  const { page } = await open(browser, mock.address)
  const fetched: string[] = []
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname))
  await signIn(page, 'citizen-1', password)
  for (const path of ['/', '/catalogue', '/my']) {
    await page.goto(path)
    await settled(page)
  }
  expect(fetched.some((path) => path.startsWith('/assets/'))).toBe(true)
  expect(fetched.filter((path) => /drawing|dmn/.test(path))).toEqual([])
  await page.context().close()
})

it('the browser complained of nothing', () => {
  expect(complaints).toEqual([])
})
