// The part of dmn-js that drawing.ts uses; the package brings no types.
declare module 'dmn-js/lib/Modeler' {
  export interface View {
    id: string
    name: string
    type: 'drd' | 'decisionTable' | 'literalExpression' | 'boxedExpression'
    element: { id: string }
  }
  export interface Viewer {
    get: <T>(service: string, strict?: boolean) => T
    on: (event: string, listener: (event: { trigger?: string }) => void) => void
  }
  export default class Modeler {
    constructor(options: Record<string, unknown>)
    importXML(xml: string, options?: { open: boolean }): Promise<{ warnings: { message: string }[] }>
    saveXML(options?: { format: boolean }): Promise<{ xml: string }>
    getViews(): View[]
    getActiveView(): View | undefined
    getActiveViewer(): Viewer | undefined
    open(view: View): Promise<unknown>
    on<T>(event: string, listener: (event: T) => void): void
    destroy(): void
  }
}

declare module 'dmn-moddle' {
  export class DmnModdle {
    fromXML(xml: string, type: string): Promise<{ rootElement: object; warnings: { message: string }[] }>
    toXML(element: object): Promise<{ xml: string }>
  }
}
