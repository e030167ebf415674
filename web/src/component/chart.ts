// The parts of ECharts in use, and our colours.
import { BarChart, LineChart, MapChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { init, registerMap, use, type ComposeOption, type ECharts } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import type { BarSeriesOption, LineSeriesOption, MapSeriesOption } from 'echarts/charts'
import type {
  GridComponentOption,
  LegendComponentOption,
  TooltipComponentOption,
  VisualMapComponentOption,
} from 'echarts/components'

use([BarChart, LineChart, MapChart, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, CanvasRenderer])

export type Chart = ECharts
export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | MapSeriesOption
  | GridComponentOption
  | LegendComponentOption
  | TooltipComponentOption
  | VisualMapComponentOption
>

export const colour = {
  ink: '#1b2530',
  soft: '#4a5460',
  line: '#dcd5c4',
  surface: '#fffdf8',
  blue: '#1c4d6e',
  blueBright: '#2a6f9c',
  cinnabar: '#a8321f',
  pine: '#1f6048',
  ochre: '#b98a2f',
  scale: ['#eef1ec', '#c9dbe0', '#93b7c6', '#558ba6', '#2a6a8d', '#14415e'],
}

export function startChart(box: HTMLElement): Chart {
  return init(box, { textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour.ink } })
}

export { registerMap }

/** Horizontal bars, longest first: the shape of every "top" list here. Names get as much room as the window can spare. */
export function topBars(entries: { name: string; value: number }[], tint: string): ChartOption {
  const nameWidth = Math.round(Math.min(300, Math.max(110, innerWidth * 0.16)))
  const sorted = [...entries].sort((a, b) => a.value - b.value).slice(-8)
  return {
    animation: false,
    grid: { left: 4, right: 56, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: 'value', show: false },
    yAxis: {
      type: 'category',
      data: sorted.map((entry) => entry.name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: colour.ink, width: nameWidth, overflow: 'truncate' },
    },
    series: [
      {
        type: 'bar',
        data: sorted.map((entry) => entry.value),
        barMaxWidth: 18,
        itemStyle: { color: tint },
        label: { show: true, position: 'right', color: colour.ink, formatter: (bar) => Number(bar.value).toLocaleString('en-US') },
      },
    ],
  }
}
