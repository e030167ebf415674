// The story of the spine, walked in Chromium: upload, catalogue, application, approval, credentials, a call, its proof.
import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { password, person } from '../mock/city'
import { startMock } from '../mock/server'
import { launch, open, settled, signIn } from './browser'
import type { Mock } from './places'

let browser: Browser
let mock: Mock
const complaints: string[] = []

beforeAll(async () => {
  mock = await startMock({ traffic: 0, stepMs: 20 })
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  mock?.close()
})

async function as(name: string, size: 'desktop' | 'phone' = 'desktop'): Promise<Page> {
  const watched = await open(browser, mock.address, { size })
  await signIn(watched.page, name, password)
  watched.page.context().on('close', () => complaints.push(...watched.complaints))
  return watched.page
}

function csvFile(rows: number, bad: number): string {
  const lines = ['id_number,name,sex,ethnicity,born,address,community,phone,registered']
  for (let index = 0; index < rows; index++) {
    const one = person(index)
    if (index < bad) one.born = '2026-02-30x'
    lines.push(Object.values(one).join(','))
  }
  const file = join(mkdtempSync(join(tmpdir(), 'shu-')), '人口.csv')
  writeFileSync(file, lines.join('\n'))
  return file
}

describe('the story of one shared record', () => {
  it('an officer uploads a file and sees it checked, bad rows with their reason', async () => {
    const page = await as('police-data')
    await page.goto('/datasets/population?tab=collect')
    await page.setInputFiles('input[type=file]', csvFile(400, 3))
    await page.getByRole('button', { name: '上传并检查' }).click()
    await page.getByText('完成，3 行被隔离').waitFor()
    await page.getByRole('heading', { name: '被隔离的行' }).waitFor()
    expect(await page.locator('tbody tr').count()).toBe(3)
    expect(await page.locator('tbody').innerText()).toContain('不是有效日期')
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: '下载全部隔离行 CSV' }).click()
    expect((await download).suggestedFilename()).toMatch(/csv$/)
    await page.context().close()
  })

  it('refuses a file of another format before sending anything', async () => {
    const page = await as('police-data')
    await page.goto('/datasets/population?tab=collect')
    await page.setInputFiles('input[type=file]', { name: 'x.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('x') })
    await page.getByText('请选 .csv、.tsv').waitFor()
    expect(await page.getByRole('button', { name: '上传并检查' }).isDisabled()).toBe(true)
    await page.context().close()
  })

  it('another department applies for three fields, the provider approves two, and the secret is shown once', async () => {
    const applicant = await as('human-resources')
    await applicant.goto('/catalogue')
    await applicant.getByRole('link', { name: '人口基础信息' }).click()
    await applicant.getByRole('button', { name: '申请使用' }).click()
    await applicant.getByRole('button', { name: '提交申请' }).click()
    await applicant.getByText('至少选一个字段').waitFor()
    for (const name of ['公民身份号码', '姓名', '联系电话']) await applicant.getByLabel(name, { exact: false }).first().check()
    await applicant.getByLabel('用途').fill('核对失业保险金领取资格')
    await applicant.getByLabel('依据').fill('失业保险条例第十四条')
    await applicant.getByRole('button', { name: '提交申请' }).click()
    await applicant.waitForURL(/\/applications\/\d+/)
    await applicant.getByText('待审批').waitFor()
    const application = new URL(applicant.url()).pathname

    const provider = await as('police-data')
    await provider.goto('/desk')
    await provider.getByRole('link', { name: /人力资源和社会保障局 申请/ }).first().click()
    await provider.waitForURL((url) => url.pathname === application)
    await provider.getByRole('button', { name: '审批' }).click()
    await provider.getByLabel('提供 联系电话').uncheck()
    await provider.getByRole('button', { name: '同意', exact: true }).click()
    await provider.getByText('已同意').waitFor()
    await provider.context().close()

    await applicant.goto(application)
    await applicant.getByRole('link', { name: '查看授权' }).click()
    await applicant.getByRole('button', { name: '取得凭据' }).click()
    await applicant.getByText('密钥只显示这一次').waitFor()
    const curl = await applicant.locator('pre code').innerText()
    await applicant.reload()
    await applicant.getByText('凭据已被取走').waitFor()
    expect(await applicant.locator('pre').count()).toBe(0)
    await applicant.context().close()

    const monitor = await as('police-data')
    await monitor.goto('/monitor')
    await monitor.getByText('实时', { exact: true }).waitFor()
    const answer = await run(curl)
    expect(answer.items[0]).toMatchObject({ id_number: expect.stringContaining('********') })
    expect(answer.items[0]).not.toHaveProperty('phone')
    await monitor.getByText('核对失业保险金领取资格').waitFor()
    await monitor.locator('tbody tr', { hasText: '核对失业保险金领取资格' }).getByRole('link').click()
    await monitor.waitForSelector('.proof.good')
    await monitor.context().close()
  })

  it('the citizen sees who read what and why, and the browser proves it, and sees an altered byte fail', async () => {
    const page = await as('citizen-1', 'phone')
    await page.waitForURL(/\/my$/)
    await page.getByText('核对失业保险金领取资格').waitFor()
    await page.getByRole('link', { name: '亲手核验' }).first().click()
    await page.waitForSelector('.proof.good')
    await page.getByText('核验通过').waitFor()
    await page.getByRole('switch').check()
    await page.waitForSelector('.proof.bad')
    await page.getByText('与封存行为里写明的不同').waitFor()
    expect(await page.locator('mark').count()).toBe(1)
    await page.getByRole('switch').uncheck()
    await page.waitForSelector('.proof.good')
    await page.context().close()
  })

  it('anyone can check that the ledger of now continues the one remembered', async () => {
    const watched = await open(browser, mock.address)
    await watched.page.goto('/ledger/checkpoints')
    await watched.page.getByText('上次记住的').waitFor()
    const before = mock.ledger.acts.length
    mock.ledger.record({ actor: 'system:test', verb: 'test.do', object: 'thing:1' })
    await watched.page.waitForFunction((size) => document.querySelector('.ledger-line .count')?.textContent?.includes(String(size)), before + 1)
    await watched.page.getByRole('button', { name: '现在核对' }).click()
    await watched.page.getByText(/一致：前/).waitFor()
    await watched.page.evaluate(() => {
      const kept = JSON.parse(localStorage.getItem('shu.checkpoint')!)
      kept.root = kept.root.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0'))
      localStorage.setItem('shu.checkpoint', JSON.stringify(kept))
    })
    await watched.page.reload()
    await watched.page.getByRole('button', { name: '现在核对' }).click()
    await watched.page.getByText(/不一致/).waitFor()
    await watched.page.context().close()
  })

  it('a revoked grant says so, and a wrong password does not sign in', async () => {
    const page = await as('police-data')
    await page.goto(`/grants/${mock.exchange.grants.at(-1)!.id}`)
    await page.getByRole('button', { name: '撤销授权' }).click()
    await page.getByLabel('撤销理由').fill('用途已结束')
    await page.getByRole('dialog').getByRole('button', { name: '撤销授权' }).click()
    await page.getByText('已撤销').waitFor()
    await page.context().close()

    const { page: stranger } = await open(browser, mock.address)
    await stranger.goto('/sign-in')
    await stranger.fill('#name', 'nobody')
    for (let tries = 0; tries < 6; tries++) {
      await stranger.fill('#password', `wrong ${tries}`)
      await Promise.all([stranger.waitForResponse('**/api/session'), stranger.click('form .button.primary')])
    }
    await stranger.getByText('账号已暂时锁定').waitFor()
    await stranger.context().close()
  })

  it('a first password must be changed before anything else', async () => {
    const page = await as('first-day')
    await page.goto('/desk')
    await page.waitForURL(/\/password$/)
    await page.fill('#old', password)
    await page.fill('#fresh', 'short')
    await page.fill('#again', 'short')
    await page.click('form .button.primary')
    await page.getByText('至少 10 个字符。', { exact: true }).waitFor()
    await page.fill('#fresh', 'a longer password')
    await page.fill('#again', 'a longer password')
    await page.click('form .button.primary')
    await page.waitForURL(/\/desk$/)
    await page.context().close()
  })

  it('works by keyboard: skip link, tabs by arrows, dialog closed by Escape with the focus back', async () => {
    const page = await as('human-resources')
    await page.goto('/catalogue/population')
    await settled(page)
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('跳到正文')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    await page.getByRole('button', { name: '申请使用' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('申请使用')
    await page.goto('/applications')
    await page.getByRole('tab', { name: '本单位提出的' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.waitForURL(/role=provider/)
    await page.context().close()
  })

  it('left no console error, warning, exception, or request to another host', () => {
    expect(complaints).toEqual([])
  })
})

/** Runs the line a person would paste into a terminal; the mock answers from this process, so nothing may block. */
async function run(line: string): Promise<{ items: Record<string, string>[] }> {
  const { stdout } = await promisify(execFile)('sh', ['-c', `${line} --silent --show-error`])
  return JSON.parse(stdout)
}
