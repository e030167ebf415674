// dmn-js behind the few verbs that the editor page needs. Only this file imports it, and only DrawingBoard.vue imports this file, when a
// board is shown: it is a chunk of its own that nobody else downloads. Its licence asks that the bpmn.io mark stays as it draws it.
import Modeler, { type View, type Viewer } from 'dmn-js/lib/Modeler'
import 'dmn-js/dist/assets/diagram-js.css'
import 'dmn-js/dist/assets/dmn-js-shared.css'
import 'dmn-js/dist/assets/dmn-js-drd.css'
import 'dmn-js/dist/assets/dmn-js-decision-table.css'
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css'
import 'dmn-js/dist/assets/dmn-js-literal-expression.css'
import 'dmn-js/dist/assets/dmn-js-boxed-expression.css'
import 'dmn-js/dist/assets/dmn-js-boxed-expression-controls.css'
import 'dmn-js/dist/assets/dmn-font/css/dmn.css'
import { markStyle, type Marks } from '../marks'
import { drawable } from './drawable'
import { nameParts } from './accessible_names'
import { wordsOf } from './dmn_js_words'

export interface Sheet {
  id: string
  name: string
  kind: View['type']
}

/** As DMN 1.3 spells them, which is what the tool's own editors of dates and durations look for. */
const standardTypes = ['string', 'boolean', 'number', 'date', 'time', 'dateTime', 'dayTimeDuration', 'yearMonthDuration', 'Any']

export interface DrawingOptions {
  container: HTMLElement
  /** the heading of the column of row numbers, for those who do not see them */
  rowTitle: string
  /** the model's own types, by name */
  types: string[]
  language: 'zh' | 'en'
  onChange: () => void
  /** the list of sheets, or the one shown, is another */
  onSheets: (sheets: Sheet[], shown: string) => void
}

/** The model holds something that the drawing tool cannot draw and would drop when saving. */
export class NotDrawable extends Error {}

export class Drawing {
  private readonly modeler: Modeler
  private readonly style = new CSSStyleSheet()
  private readonly observer: MutationObserver

  private constructor(private readonly options: DrawingOptions) {
    const words = wordsOf(options.language)
    const speaking = { additionalModules: [{ translate: ['value', words] }] }
    this.modeler = new Modeler({ container: options.container, common: { dataTypes: [...standardTypes, ...options.types] }, drd: speaking, decisionTable: speaking, literalExpression: speaking, boxedExpression: speaking })
    this.modeler.on<{ viewer: Viewer }>('viewer.created', ({ viewer }) => {
      viewer.on('commandStack.changed', ({ trigger }) => {
        if (trigger !== 'clear') options.onChange()
      })
    })
    this.modeler.on('views.changed', () => options.onSheets(this.sheets(), this.shown()))
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.style]
    this.observer = new MutationObserver(() => nameParts(options.container, words, options.rowTitle))
    this.observer.observe(options.container, { childList: true, subtree: true, attributes: true, attributeFilter: ['class', 'title'] })
  }

  /** Errors: NotDrawable; whatever the reader of dmn-js throws for XML that is no DMN. `wanted` is the sheet to begin with. */
  static async open(xml: string, options: DrawingOptions, wanted = ''): Promise<Drawing> {
    const text = drawable(xml)
    if (text === null) throw new NotDrawable('no decision model')
    const drawing = new Drawing(options)
    try {
      const { warnings } = await drawing.modeler.importXML(text, { open: false })
      if (warnings.length > 0) throw new NotDrawable(warnings.map((warning) => warning.message).join('; '))
      await drawing.show(wanted)
    } catch (error) {
      drawing.close()
      throw error
    }
    return drawing
  }

  sheets(): Sheet[] {
    return this.modeler.getViews().map((view) => ({ id: view.id, name: view.name, kind: view.type }))
  }

  shown(): string {
    return this.modeler.getActiveView()?.id ?? ''
  }

  /** The named sheet; if there is none, the first table or expression, else the graph. */
  async show(id: string): Promise<void> {
    const views = this.modeler.getViews()
    const view = views.find((one) => one.id === id) ?? views.find((one) => one.type !== 'drd') ?? views[0]
    if (!view || view.id === this.shown()) return
    await this.modeler.open(view)
    if (view.type === 'drd') this.modeler.getActiveViewer()?.get<{ zoom: (scale: string, centre: string) => void }>('canvas').zoom('fit-viewport', 'auto')
  }

  /** Puts the cursor into a cell, a rule's first cell, or selects an element of the graph. False: it is not drawn. */
  async select(sheet: string, cell: string): Promise<boolean> {
    await this.show(sheet)
    const place = this.options.container.querySelector<HTMLElement>(`[data-element-id="${CSS.escape(cell)}"], [data-row-id="${CSS.escape(cell)}"], [data-col-id="${CSS.escape(cell)}"]`)
    if (place === null) return false
    place.scrollIntoView({ block: 'center', inline: 'center' })
    const editor = place.matches('[contenteditable]') ? place : place.querySelector<HTMLElement>('[contenteditable]')
    if (editor) editor.focus()
    else place.click()
    return true
  }

  mark(marks: Marks): void {
    this.style.replaceSync(markStyle(marks))
  }

  /** What is drawn, without disturbing whoever types in it. */
  async peek(): Promise<string> {
    return (await this.modeler.saveXML({ format: true })).xml
  }

  undo(): void {
    this.stack()?.undo()
  }

  redo(): void {
    this.stack()?.redo()
  }

  close(): void {
    this.observer.disconnect()
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.style)
    this.modeler.destroy()
  }

  private stack(): { undo: () => void; redo: () => void } | undefined {
    return this.modeler.getActiveViewer()?.get('commandStack')
  }
}
