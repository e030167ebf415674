// Chromium without a window, watched: console errors, failed pages, and requests to any other host are kept.
import { chromium, type Browser, type Page } from 'playwright-core'

export const widths = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface Watched {
  page: Page
  complaints: string[]
}

export interface OpenOptions {
  size?: keyof typeof widths
  language?: 'zh' | 'en'
  elderly?: boolean
}

/** A page in its own context; what it complains of gathers in `complaints`. */
export async function open(browser: Browser, address: string, { size = 'desktop', language = 'zh', elderly = false }: OpenOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ baseURL: address, viewport: widths[size], reducedMotion: 'reduce', hasTouch: size === 'phone' })
  await context.addInitScript((stored) => {
    if (!localStorage.getItem('shu.preferences')) localStorage.setItem('shu.preferences', stored)
  }, JSON.stringify({ language, elderly }))
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== address && url.protocol !== 'blob:') complaints.push(`request to another host: ${request.url()}`)
  })
  return { page, complaints }
}

export async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.goto('/sign-in')
  await page.fill('#name', name)
  await page.fill('#password', password)
  await page.click('form .button.primary')
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

/** Loaded: no skeleton is left, the charts and map have drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('h1')
  await page.waitForFunction(() => document.querySelector('.skeleton') === null)
  await page.waitForFunction(() => !document.querySelector('.maps.waiting'))
  await page.waitForFunction(() => !document.querySelector('.drawing .waiting'))
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}
