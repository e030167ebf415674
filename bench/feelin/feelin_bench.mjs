// Text and context in, value out, with feelin. Prints JSON lines as rule_bench does: name, value (expressions a second), unit, settings.
//
//   node feelin_bench.mjs [SECONDS]     of processor time
import { readFileSync } from 'node:fs';
import { evaluate } from 'feelin';

const seconds = Number(process.argv[2] ?? 2);
const cases = JSON.parse(readFileSync(new URL('expressions.json', import.meta.url), 'utf8'));
const version = JSON.parse(readFileSync(new URL('node_modules/feelin/package.json', import.meta.url), 'utf8')).version;

for (const { text, context, value } of cases) {
  const got = evaluate(text, context).value;
  if (got !== value) throw new Error(`feelin gives ${got} for ${text}, not ${value}`);
}

const spent = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };

function rate() {
  const start = spent();
  for (let rounds = 1; ; rounds += 1) {
    for (const { text, context } of cases) evaluate(text, context);
    if (spent() - start >= seconds) return (rounds * cases.length) / (spent() - start);
  }
}

rate(); // the just-in-time compiler has its time first
console.log(JSON.stringify({ name: 'feelin: parse and evaluate small expressions', value: rate(), unit: '1/s', settings: `feelin ${version}, Node ${process.version}` }));
