import { readdirSync, readFileSync } from 'node:fs'
import { DmnModdle } from 'dmn-moddle'
import { describe, expect, it } from 'vitest'
import { readModel } from '../dmn_text'
import { dmn13, drawable, floors } from './drawable'

const elderCare = readFileSync('tests/mock/rules/elder-care.dmn', 'utf8')

async function moddled(xml: string) {
  return new DmnModdle().fromXML(xml, 'dmn:Definitions')
}

describe('what can be drawn', () => {
  it('is the model of any edition in the namespaces of 1.3, and the drawing tool reads it without a loss', async () => {
    for (const edition of ['http://www.omg.org/spec/DMN/20151101/dmn.xsd', 'http://www.omg.org/spec/DMN/20180521/MODEL/', dmn13.model, 'https://www.omg.org/spec/DMN/20211108/MODEL/', 'https://www.omg.org/spec/DMN/20230324/MODEL/']) {
      const text = drawable(elderCare.replace('https://www.omg.org/spec/DMN/20230324/MODEL/', edition))!
      expect(text).toContain(dmn13.model)
      expect(readModel(text)!.decisions).toEqual(readModel(elderCare)!.decisions)
      expect((await moddled(text)).warnings).toEqual([])
    }
  })
  it('is what the city declares, and comes back whole from the drawing tool', async () => {
    const folder = '../cities/shenyang/rules'
    const names = readdirSync(folder).filter((name) => name.endsWith('.dmn'))
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) {
      const xml = readFileSync(`${folder}/${name}`, 'utf8')
      const { rootElement, warnings } = await moddled(drawable(xml)!)
      expect(warnings, name).toEqual([])
      expect(readModel((await new DmnModdle().toXML(rootElement)).xml), name).toEqual(readModel(xml))
    }
  })
  it('drops the prefix of type names of DMN 1.1', () => {
    expect(drawable(elderCare.replaceAll('typeRef="number"', 'typeRef="feel:number"'))).not.toContain('feel:')
  })
  it('shows a loss as a warning of the reader: the conditional of DMN 1.4', async () => {
    const text = '<literalExpression><text>1</text></literalExpression>'
    const xml = drawable(elderCare.replace(/<literalExpression id="expression-year">.*<\/literalExpression>/, `<conditional id="c"><if>${text}</if><then>${text}</then><else>${text}</else></conditional>`))!
    const outcome = await moddled(xml).then(({ warnings }) => warnings.length, () => 1)
    expect(outcome).toBeGreaterThan(0)
  })
  it('gets a picture with every element and requirement if it has none, and keeps one that it has', () => {
    const text = drawable(elderCare)!
    expect(text.match(/<dmndi:DMNShape/g)).toHaveLength(6)
    expect(text.match(/<dmndi:DMNEdge/g)).toHaveLength(5)
    expect(drawable(text)!.match(/<dmndi:DMNDI/g)).toHaveLength(1)
  })
  it('is nothing where there is no decision model', () => {
    expect(drawable('<html/>')).toBeNull()
    expect(drawable('<definitions xmlns="urn:other"/>')).toBeNull()
  })
})

describe('the floors of a picture', () => {
  it('put each element above all that it needs', () => {
    const stack = floors([{ id: 'top', needs: ['middle', 'low'] }, { id: 'middle', needs: ['low'] }, { id: 'low', needs: [] }])
    expect(stack.map((floor) => floor.map((node) => node.id))).toEqual([['low'], ['middle'], ['top']])
  })
  it('end for elements that need each other in a circle, or themselves', () => {
    expect(floors([{ id: 'a', needs: ['b'] }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['c'] }]).flat()).toHaveLength(3)
  })
})
