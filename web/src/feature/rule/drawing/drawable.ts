// dmn-js draws DMN 1.3. Models of the other editions differ from it in their namespaces, in type names of DMN 1.1, and may lack a picture;
// this makes of each what can be drawn. Whether something would be lost on the way the drawing tool's own reader says (`losses`).

export const dmn13 = {
  model: 'https://www.omg.org/spec/DMN/20191111/MODEL/',
  picture: 'https://www.omg.org/spec/DMN/20191111/DMNDI/',
  frame: 'http://www.omg.org/spec/DMN/20180521/DC/',
  line: 'http://www.omg.org/spec/DMN/20180521/DI/',
} as const

const editions: [string, string][] = [
  ['http://www.omg.org/spec/DMN/20151101/dmn.xsd', dmn13.model],
  ['http://www.omg.org/spec/DMN/20180521/MODEL/', dmn13.model],
  ['http://www.omg.org/spec/DMN/20180521/DMNDI/', dmn13.picture],
  ['https://www.omg.org/spec/DMN/20211108/MODEL/', dmn13.model],
  ['https://www.omg.org/spec/DMN/20211108/DMNDI/', dmn13.picture],
  ['https://www.omg.org/spec/DMN/20230324/MODEL/', dmn13.model],
  ['https://www.omg.org/spec/DMN/20230324/DMNDI/', dmn13.picture],
]

const width = 180
const height = 80
const gap = 50

/** The same model in the namespaces of DMN 1.3, with a picture if it had none. Null: no decision model. */
export function drawable(xml: string): string | null {
  let text = xml
  for (const [theirs, ours] of editions) text = text.replaceAll(`"${theirs}"`, `"${ours}"`).replaceAll(`'${theirs}'`, `'${ours}'`)
  text = text.replace(/(\stypeRef=["'])feel:/g, '$1')
  const document = new DOMParser().parseFromString(text, 'application/xml')
  const root = document.documentElement
  if (root.localName !== 'definitions' || root.namespaceURI !== dmn13.model) return null
  if (root.getElementsByTagNameNS(dmn13.picture, 'DMNDI').length > 0) return text
  addPicture(document, root)
  return new XMLSerializer().serializeToString(document)
}

interface Node {
  id: string
  needs: string[]
  level: number
}

/** What depends on nothing lies at the bottom, each other element one floor above the highest of what it needs. */
export function floors(nodes: { id: string; needs: string[] }[]): Node[][] {
  const levels = new Map(nodes.map((node) => [node.id, 0]))
  // A model may require itself in a circle, which is a mistake of the model, not of the picture: the number of rounds bounds it.
  for (let round = 0; round < nodes.length; round++) {
    let changed = false
    for (const node of nodes) {
      const level = Math.min(nodes.length - 1, Math.max(0, ...node.needs.filter((need) => levels.has(need)).map((need) => levels.get(need)! + 1)))
      if (level > levels.get(node.id)!) {
        levels.set(node.id, level)
        changed = true
      }
    }
    if (!changed) break
  }
  const result: Node[][] = []
  for (const node of nodes) (result[levels.get(node.id)!] ??= []).push({ ...node, level: levels.get(node.id)! })
  return result.filter((floor) => floor !== undefined)
}

function addPicture(document: Document, root: Element): void {
  const drawn = new Set(['decision', 'inputData', 'businessKnowledgeModel', 'knowledgeSource'])
  const elements = [...root.children].filter((child) => drawn.has(child.localName) && child.hasAttribute('id'))
  const nodes = elements.map((element) => ({ id: element.getAttribute('id')!, needs: requirementsOf(element).map((one) => one.from) }))
  const stack = floors(nodes)
  const places = new Map<string, { x: number; y: number }>()
  const widest = Math.max(1, ...stack.map((floor) => floor.length))
  stack.forEach((floor, level) => {
    const left = 160 + ((widest - floor.length) * (width + gap)) / 2
    floor.forEach((node, index) => places.set(node.id, { x: Math.round(left + index * (width + gap)), y: 80 + (stack.length - 1 - level) * (height + gap + 20) }))
  })

  const diagram = document.createElementNS(dmn13.picture, 'dmndi:DMNDiagram')
  for (const [id, { x, y }] of places) {
    const shape = document.createElementNS(dmn13.picture, 'dmndi:DMNShape')
    shape.setAttribute('id', `shape_${id}`)
    shape.setAttribute('dmnElementRef', id)
    const bounds = document.createElementNS(dmn13.frame, 'dc:Bounds')
    for (const [name, value] of Object.entries({ height, width, x, y })) bounds.setAttribute(name, String(value))
    shape.append(bounds)
    diagram.append(shape)
  }
  for (const element of elements) {
    const to = places.get(element.getAttribute('id')!)!
    requirementsOf(element).forEach((requirement, index) => {
      const from = places.get(requirement.from)
      if (from) diagram.append(edge(document, requirementId(requirement.element, element, index), from, to))
    })
  }
  const picture = document.createElementNS(dmn13.picture, 'dmndi:DMNDI')
  picture.append(diagram)
  root.append(picture)
}

function edge(document: Document, id: string, from: { x: number; y: number }, to: { x: number; y: number }): Element {
  const result = document.createElementNS(dmn13.picture, 'dmndi:DMNEdge')
  result.setAttribute('id', `edge_${id}`)
  result.setAttribute('dmnElementRef', id)
  for (const [x, y] of [[from.x + width / 2, from.y], [to.x + width / 2, to.y + height]]) {
    const point = document.createElementNS(dmn13.line, 'di:waypoint')
    point.setAttribute('x', String(x))
    point.setAttribute('y', String(y))
    result.append(point)
  }
  return result
}

/** Requirements need not have an id; a line in the picture needs one to refer to. */
function requirementId(requirement: Element, owner: Element, index: number): string {
  if (!requirement.hasAttribute('id')) requirement.setAttribute('id', `need_${owner.getAttribute('id')}_${index + 1}`)
  return requirement.getAttribute('id')!
}

function requirementsOf(element: Element): { element: Element; from: string }[] {
  const kinds = new Set(['informationRequirement', 'knowledgeRequirement', 'authorityRequirement'])
  return [...element.children]
    .filter((child) => kinds.has(child.localName))
    .map((child) => ({ element: child, from: child.firstElementChild?.getAttribute('href')?.replace(/^#/, '') ?? '' }))
}
