// What a new model begins with: one decision with a small table of one input, and a picture of both.
import { dmn13 } from './drawing/drawable'

export interface Starter {
  decision: string
  input: string
}

export function emptyModel(code: string, name: string, { decision, input }: Starter): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="${dmn13.model}" xmlns:dmndi="${dmn13.picture}" xmlns:dc="${dmn13.frame}" xmlns:di="${dmn13.line}" id="model" name="${escaped(name)}" namespace="urn:shu:rule:${escaped(code)}">
  <inputData id="input-1" name="${escaped(input)}">
    <variable id="variable-1" name="${escaped(input)}" typeRef="number" />
  </inputData>
  <decision id="decision-1" name="${escaped(decision)}">
    <variable id="variable-2" name="${escaped(decision)}" typeRef="string" />
    <informationRequirement id="need-1">
      <requiredInput href="#input-1" />
    </informationRequirement>
    <decisionTable id="table-1" hitPolicy="UNIQUE">
      <input id="column-1" label="${escaped(input)}">
        <inputExpression id="expression-1" typeRef="number"><text>${escaped(input)}</text></inputExpression>
      </input>
      <output id="column-2" name="${escaped(decision)}" typeRef="string" />
      <rule id="rule-1">
        <inputEntry id="condition-1"><text></text></inputEntry>
        <outputEntry id="result-1"><text>""</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram id="diagram-1">
      <dmndi:DMNShape id="shape-1" dmnElementRef="decision-1"><dc:Bounds height="80" width="180" x="200" y="100" /></dmndi:DMNShape>
      <dmndi:DMNShape id="shape-2" dmnElementRef="input-1"><dc:Bounds height="45" width="125" x="227" y="260" /></dmndi:DMNShape>
      <dmndi:DMNEdge id="edge-1" dmnElementRef="need-1"><di:waypoint x="290" y="260" /><di:waypoint x="290" y="180" /></dmndi:DMNEdge>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!)
}
