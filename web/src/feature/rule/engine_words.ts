// The rule engine names places and mistakes in English, because its texts also go to terminals and logs. Here they are said in Chinese;
// a sentence that is not known stays as it is.
import type { Sentence } from './rule_api'

const pairs: [pattern: RegExp, chinese: string][] = [
  [/^an expression is missing before (.+)$/, '在 $1 之前缺少表达式'],
  [/^an expression is missing$/, '缺少表达式'],
  [/^the expression is empty$/, '表达式是空的'],
  [/^the input expression is missing$/, '条件列没有写条件表达式'],
  [/^the expression should end before (.+)$/, '表达式应当在 $1 之前结束'],
  [/^the tests should end before (.+)$/, '条件应当在 $1 之前结束'],
  [/^nothing here is named '(.+)'$/, '这里没有叫“$1”的东西：请核对名称，文字要写在双引号里'],
  [/^no type is named '(.+)'$/, '没有叫“$1”的类型'],
  [/^'(.+)' is missing before (.+)$/, '在 $2 之前缺少 $1'],
  [/^'(.+)' cannot stand here$/, '“$1”不能写在这里'],
  [/^the string is not closed$/, '文字的双引号没有收尾'],
  [/^the range is not closed before (.+)$/, '范围在 $1 之前没有收尾'],
  [/^"(.+)" is no date, time or duration$/, '“$1”不是日期、时间或时长'],
  [/^a name is missing after '\.'$/, '“.”之后缺少名称'],
  [/^a number beyond 34 digits' range$/, '数字超出了三十四位的范围'],
  [/^two entries are named '(.+)'$/, '有两项都叫“$1”'],
  [/^two entries have this name$/, '有两项同名'],
  [/^type (.+) has no member '(.+)'$/, '类型 $1 没有成员“$2”'],
  [/^nested (?:too deeply|more than \d+ levels deep)$/, '嵌套太深'],
  [/^the rule has not as many entries as the table has columns$/, '这一行的格数与表的列数不同'],
  [/^the table has no output$/, '决策表没有结论列'],
  [/^a table of several outputs cannot be aggregated$/, '有多个结论列的表不能汇总'],
  [/^no hit policy is named '(.*)'$/, '没有叫“$1”的命中策略'],
  [/^it requires (.+), which does not exist$/, '它需要 $1，但模型里没有'],
  [/^requirements go round: it requires '(.+)', which requires it$/, '依赖成了循环：它需要“$1”，而“$1”又需要它'],
  [/^it has no encapsulated logic$/, '它没有写逻辑'],
  [/^another element has the id '(.+)'$/, '另有元素也用了编号“$1”'],
  [/^the expression language (.+) is not FEEL$/, '表达式语言 $1 不是 FEEL'],
  [/^input '(.+)' is (.+), which its input values do not allow$/, '条件“$1”是 $2，不在可选值之内'],
  [/^input '(.+)' is not given$/, '没有给出“$1”'],
]

export function sentence(text: Sentence, language: 'zh' | 'en'): string {
  if (typeof text !== 'string') return text[language]
  if (language === 'en') return text
  // A mistake inside an expression begins with its place in the text.
  const [, line, column, rest] = /^line (\d+), column (\d+): (.*)$/s.exec(text) ?? [null, '', '', text]
  const found = pairs.find(([pattern]) => pattern.test(rest))
  const said = found ? rest.replace(found[0], found[1]) : rest
  return line === '' ? said : `第 ${line} 行第 ${column} 字：${said}`
}

/** "decision '资格', rule 3, input 2" in the reader's language. */
export function placeName(place: string, language: 'zh' | 'en'): string {
  if (language === 'en') return place
  return place
    .replace(/\bdecision service '([^']*)'/g, '决策服务“$1”')
    .replace(/\bdecision '([^']*)'/g, '决策“$1”')
    .replace(/\bknowledge model '([^']*)'/g, '业务知识模型“$1”')
    .replace(/, rule (\d+)/g, '，第 $1 行')
    .replace(/, input (\d+)/g, '，第 $1 个条件')
    .replace(/, output (\d+)/g, '，第 $1 个结论')
}
