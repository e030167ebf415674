// The two pictures of the live gateway.
import type { GatewaySecond } from '@/api/types'
import { colour, type ChartOption } from '@/component/chart'
import { time } from '@/shell/format'
import type { texts } from './texts'

type Words = typeof texts.zh.monitor

export function callsChart(seconds: GatewaySecond[], words: Words): ChartOption {
  return {
    ...frame(seconds, 1),
    series: [
      area(words.answered, colour.blueBright, seconds.map((second) => second.answered)),
      area(words.refused, colour.cinnabar, seconds.map((second) => second.refused)),
    ],
  }
}

export function latencyChart(seconds: GatewaySecond[], words: Words): ChartOption {
  return {
    ...frame(seconds),
    series: [
      line(words.p50, colour.pine, seconds.map((second) => second.p50_us / 1000)),
      line(words.p99, colour.ochre, seconds.map((second) => second.p99_us / 1000)),
    ],
  }
}

function frame(seconds: GatewaySecond[], minInterval = 0): ChartOption {
  return {
    animation: false,
    grid: { left: 8, right: 16, top: 32, bottom: 4, containLabel: true },
    legend: { top: 0, right: 0, icon: 'rect', itemWidth: 14, itemHeight: 4, textStyle: { color: colour.ink } },
    tooltip: { trigger: 'axis', backgroundColor: colour.surface, borderColor: colour.line, textStyle: { color: colour.ink } },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: seconds.map((second) => time(second.at)),
      axisLine: { lineStyle: { color: colour.soft } },
      axisLabel: { color: colour.soft, showMaxLabel: false, hideOverlap: true },
      axisTick: { show: false },
    },
    yAxis: { type: 'value', minInterval, splitLine: { lineStyle: { color: colour.line } }, axisLabel: { color: colour.soft } },
  }
}

function line(name: string, tint: string, data: number[]) {
  return { name, type: 'line' as const, data, showSymbol: data.length < 3, lineStyle: { color: tint, width: 2 }, itemStyle: { color: tint } }
}

function area(name: string, tint: string, data: number[]) {
  return { ...line(name, tint, data), stack: 'calls', areaStyle: { color: tint, opacity: 0.22 } }
}
