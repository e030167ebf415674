// Numbers, times and sizes as people read them.
import { preferences } from './preferences'
import { city } from './city'

export function number(value: number | null | undefined): string {
  return value === null || value === undefined ? '—' : value.toLocaleString('en-US')
}

/** 3,212,000 -> 321.2 万 / 3.21 M: for headlines. */
export function shortNumber(value: number): string {
  if (preferences.language === 'en') {
    if (value >= 1e9) return `${trim(value / 1e9)} B`
    if (value >= 1e6) return `${trim(value / 1e6)} M`
    return number(value)
  }
  if (value >= 1e8) return `${trim(value / 1e8)} 亿`
  if (value >= 1e4) return `${trim(value / 1e4)} 万`
  return number(value)
}

/** The city's clock, not the reader's: 2026-11-21 17:40:05. */
export function dateTime(text: string | null | undefined): string {
  const at = inCity(text)
  return at === null ? '—' : at.toISOString().slice(0, 19).replace('T', ' ')
}

export function date(text: string | null | undefined): string {
  const at = inCity(text)
  return at === null ? '—' : at.toISOString().slice(0, 10)
}

export function time(text: string | null | undefined): string {
  const at = inCity(text)
  return at === null ? '—' : at.toISOString().slice(11, 19)
}

/** 20260701 -> 2026-07-01; other forms stay. */
export function compactDate(text: string | null | undefined): string {
  if (!text) return '—'
  return /^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : text.slice(0, 10)
}

export function ago(text: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(text)) / 1000))
  const english = preferences.language === 'en'
  if (seconds < 60) return english ? `${seconds} s ago` : `${seconds} 秒前`
  if (seconds < 3600) return english ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 60)} 分钟前`
  if (seconds < 86400) return english ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 3600)} 小时前`
  return dateTime(text)
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`
  if (value < 1024 ** 2) return `${trim(value / 1024)} KB`
  if (value < 1024 ** 3) return `${trim(value / 1024 ** 2)} MB`
  return `${trim(value / 1024 ** 3)} GB`
}

export function duration(microseconds: number): string {
  if (microseconds < 1000) return `${microseconds} µs`
  if (microseconds < 1e6) return `${trim(microseconds / 1000)} ms`
  return `${trim(microseconds / 1e6)} s`
}

export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`
}

/** 3f9a62…c01d: enough to compare by eye, the whole in the title. */
export function shortHash(hex: string): string {
  return hex.length <= 16 ? hex : `${hex.slice(0, 8)}…${hex.slice(-6)}`
}

function trim(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 })
}

function inCity(text: string | null | undefined): Date | null {
  if (!text) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : new Date(at + (city.value?.utc_offset_minutes ?? 480) * 60_000)
}
