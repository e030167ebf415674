// `shu feel` and `shu rule` as an officer or a script calls them: answers, complaints with file:line:column, exit codes. No city, no database.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { program } from './shu.mjs';

const folder = mkdtempSync(join(tmpdir(), 'shu-rule-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function shu(...words) {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', cwd: folder });
  return { status, stdout, stderr };
}

const condition = (id, test, output) =>
  `      <rule id="${id}"><inputEntry id="${id}i"><text>${test}</text></inputEntry><outputEntry id="${id}o"><text>${output}</text></outputEntry></rule>\n`;

function model(rules, more = '') {
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="津贴" namespace="urn:test:allowance">
  ${more}
  <inputData id="i" name="年龄"><variable name="年龄" typeRef="number"/></inputData>
  <decision id="d" name="标准"><variable name="标准" typeRef="number"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <decisionTable id="t" hitPolicy="UNIQUE"><input id="c"><inputExpression id="e" typeRef="number"><text>年龄</text></inputExpression></input><output id="o"/>
${rules}    </decisionTable>
  </decision>
</definitions>
`;
}

function write(name, text) {
  writeFileSync(join(folder, name), text);
  return name;
}

test('feel evaluates over a context, in numbers of 34 digits, and warns on the other channel', () => {
  assert.deepEqual(shu('feel', '基数 * 比例', '--context', '{"基数": 3000, "比例": 0.1}'), { status: 0, stdout: '300\n', stderr: '' });
  assert.equal(shu('feel', '1/3').stdout, '0.3333333333333333333333333333333333\n');
  assert.equal(shu('feel', '"a" + "b"').stdout, '"ab"\n');
  assert.equal(shu('feel', '{a: [1, 2]}', '--json').stdout, '{"a":[1,2]}\n');
  write('context.json', '{"x": 7}');
  assert.equal(shu('feel', 'x', '--context', '@context.json').stdout, '7\n');
  const warned = shu('feel', '"a" + 1');
  assert.equal(warned.status, 0);
  assert.equal(warned.stdout, 'null\n');
  assert.match(warned.stderr, /^warning: line 1, column 5: /);
});

test('feel refuses what is no expression or no context and says where', () => {
  const broken = shu('feel', '1 +');
  assert.equal(broken.status, 1);
  assert.equal(broken.stdout, '');
  assert.match(broken.stderr, /line 1, column 4: an expression is missing/);
  assert.match(shu('feel', 'x', '--context', '[1]').stderr, /--context: must be a JSON object/);
  assert.match(shu('feel', 'x', '--context', '{').stderr, /--context: /);
  const endless = shu('feel', 'count(for i in 1..100000000 return i)');
  assert.equal(endless.status, 1);
  assert.notEqual(shu('feel').status, 0);
});

test('check names every mistake by file, line, column and cell, and tells gaps and overlaps', () => {
  const good = write('good.dmn', model(condition('r1', '&lt; 60', '0') + condition('r2', '>= 60', '300')));
  assert.deepEqual(shu('rule', 'check', good), { status: 0, stdout: 'no mistakes\n', stderr: '' });
  const bad = write('bad.dmn', model(condition('r1', '&lt; 60 岁', '0') + condition('r2', '>= 60', 'nothing')));
  const { status, stdout } = shu('rule', 'check', bad);
  assert.equal(status, 1);
  assert.match(stdout, /^bad\.dmn:8:\d+: decision '标准', rule 1, input 1: .*'岁'$/m);
  assert.match(stdout, /^bad\.dmn:9:\d+: decision '标准', rule 2, output 1: .*'nothing'/m);
  assert.match(stdout, /^2 mistakes/m);
  const report = JSON.parse(shu('rule', 'check', bad, '--json').stdout);
  assert.deepEqual(report.problems.map((problem) => problem.cell), ['r1i', 'r2o']);
  const column = bad && model(condition('r1', '&lt; 60 岁', '0')).split('\n')[7].indexOf('岁') + 1;
  assert.equal(report.problems[0].column, column);
  const weak = write('weak.dmn', model(condition('r1', '&lt;= 60', '0') + condition('r2', '[60..80)', '300')));
  const found = shu('rule', 'check', weak);
  assert.equal(found.status, 0);
  assert.match(found.stdout, /warning: decision '标准': rules 1 and 2 both apply where 年龄 = 60$/m);
  assert.match(found.stdout, /warning: decision '标准': no rule applies where 年龄 >= 80$/m);
  assert.equal(shu('rule', 'check', weak, '--strict').status, 1);
  assert.match(shu('rule', 'check', weak, '--language', 'zh').stdout, /当 年龄 >= 80 时没有规则适用/);
  const torn = shu('rule', 'check', write('torn.dmn', '<definitions>\n<decision>'));
  assert.equal(torn.status, 1);
  assert.match(torn.stdout, /^torn\.dmn:2:\d+: the text is no well-formed XML/);
  assert.equal(shu('rule', 'check', 'absent.dmn').status, 1);
});

test('check reads imported models from the same folder', () => {
  write('base.dmn', model(condition('r', '-', '5')).replace('urn:test:allowance', 'urn:test:base'));
  const importing = write('importing.dmn', `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m2" name="用" namespace="urn:test:user">
  <import name="基" namespace="urn:test:base" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
  <decision id="d2" name="两倍"><variable name="两倍"/><informationRequirement><requiredDecision href="urn:test:base#d"/></informationRequirement>
    <literalExpression><text>基.标准 * 2</text></literalExpression></decision>
</definitions>`);
  assert.equal(shu('rule', 'check', importing).status, 0, shu('rule', 'check', importing).stdout);
  const { stdout } = shu('rule', 'evaluate', importing, '--decision', '两倍', '--input', '{"基": {"年龄": 3}}');
  assert.equal(JSON.parse(stdout).output, 10);
});

test('evaluate answers in JSON, explains as JSON or as a page in two languages, and fails clearly', () => {
  const file = write('rule.dmn', model(condition('r1', '&lt; 60', '0') + condition('r2', '>= 60', '300')));
  const evaluate = (...more) => shu('rule', 'evaluate', file, '--decision', '标准', '--input', '{"年龄": 70}', ...more);
  assert.deepEqual(JSON.parse(evaluate().stdout), { decision: '标准', output: 300, warnings: [] });
  const [step] = JSON.parse(evaluate('--explain').stdout).explanation;
  assert.deepEqual(step.tables[0].rows, [
    { rule: 1, cell: 'r1', fired: false, failed: { input: 1, cell: 'r1i', name: '年龄', condition: '< 60', value: 70 } },
    { rule: 2, cell: 'r2', fired: true },
  ]);
  assert.match(evaluate('--explain=text', '--language', 'zh').stdout, /✗ 第 1 条：不适用，年龄 为 70，不满足 < 60\n {4}✓ 第 2 条：适用/);
  assert.match(evaluate('--explain=text').stdout, /✓ rule 2: applies/);
  assert.notEqual(evaluate('--explain=poem').status, 0);
  const unknown = shu('rule', 'evaluate', file, '--decision', '标淮', '--input', '{}');
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /has no decision '标淮'; its decisions are '标准'/);
  const missing = shu('rule', 'evaluate', file, '--decision', '标准', '--input', '{}');
  assert.equal(JSON.parse(missing.stdout).output, null);
  assert.match(missing.stderr, /input '年龄' is not given/);
});
