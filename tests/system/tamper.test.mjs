// One byte changed at random in the acts, their numbers, the checkpoints or the tiles of a stopped installation: `shu ledger verify` finds it and names the
// entry. SHU_TAMPER_FLIPS sets how many (default 30), SHU_SEED the random numbers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { Load } from './load.mjs';
import { Installation, engine, generator, until } from './shu.mjs';

const flips = Number(process.env.SHU_TAMPER_FLIPS ?? 30);
const seed = Number(process.env.SHU_SEED ?? Date.now() % 1e9);
const random = generator(seed);
const below = (n) => Math.floor(random() * n);
let installation;

/// Where a byte is changed; a body is the longest and comes up more often.
const columns = [
  ...['actor', 'verb', 'object', 'result', 'body', 'body', 'body'].map((column) => ({ table: 'act', key: 'sequence', column, kind: 'text' })),
  ...['sequence', 'id', 'at'].map((column) => ({ table: 'act', key: 'sequence', column, kind: 'number' })),
  { table: 'act', key: 'sequence', column: 'leaf', kind: 'bytes' },
  ...['size', 'at'].map((column) => ({ table: 'ledger_checkpoint', key: 'size', column, kind: 'number' })),
  ...['root', 'signature'].map((column) => ({ table: 'ledger_checkpoint', key: 'size', column, kind: 'bytes' })),
];

before(async () => {
  installation = new Installation(200);
  const server = await installation.serve();
  const load = await Load.prepare(server);
  load.start();
  await until('there are some hundred acts', () => load.acknowledged.applications.length > 100, 60);
  await load.stop();
  assert.equal(await server.stop(), 0);
  const verified = installation.verifyLedger();
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
});

after(() => installation?.remove());

/// Runs SQL and gives its lines, columns parted by |. Errors: what the engine says.
function sql(text) {
  const [name, words] = engine === 'sqlite'
    ? ['sqlite3', ['-batch', '-bail', join(installation.data, 'shu.db')]]
    : ['psql', ['-qAt', '-v', 'ON_ERROR_STOP=1', installation.admin.replace(/dbname=\S+/, `dbname=${installation.name}`)]];
  return execFileSync(name, words, { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }).trim().split('\n');
}

const asHex = { text: (name) => (engine === 'sqlite' ? `hex(${name})` : `encode(convert_to(${name}, 'UTF8'), 'hex')`), bytes: (name) => (engine === 'sqlite' ? `hex(${name})` : `encode(${name}, 'hex')`), number: (name) => name };
const literal = {
  text: (hex) => (engine === 'sqlite' ? `CAST(x'${hex}' AS TEXT)` : `convert_from('\\x${hex}'::bytea, 'UTF8')`),
  bytes: (hex) => (engine === 'sqlite' ? `x'${hex}'` : `'\\x${hex}'::bytea`),
  number: (digits) => digits,
};

function flipped(kind, value) {
  if (kind === 'number') return String(BigInt(value) ^ (1n << BigInt(below(12))));
  const bytes = Buffer.from(value, 'hex');
  bytes[below(bytes.length)] ^= kind === 'text' ? 1 : 1 << below(8);  // text stays text: an engine would refuse anything else
  return bytes.toString('hex');
}

/// Changes one stored value; gives what was done, how a complaint may name it, and how to take it back. Nothing if the engine refuses it (a key that exists).
function flipRow() {
  const { table, key, column, kind } = columns[below(columns.length)];
  const [rows] = sql(`SELECT count(*) FROM ${table} WHERE ${column === key || kind !== 'text' ? 'TRUE' : `${column} <> ''`}`);
  const where = kind === 'text' ? `WHERE ${column} <> ''` : '';
  const [line] = sql(`SELECT ${key}, ${asHex[kind](column)} FROM ${table} ${where} ORDER BY ${key} LIMIT 1 OFFSET ${below(Number(rows))}`);
  const [at, before] = line.split('|');
  const after = flipped(kind, before);
  const set = (value, place) => sql(`UPDATE ${table} SET ${column} = ${literal[kind](value)} WHERE ${key} = ${place}`);
  try {
    set(after, at);
  } catch {
    return null;
  }
  const names = { act: [`sequence ${at}\\b`], ledger_checkpoint: [`checkpoint of size ${at}\\b`] }[table];
  if (column === 'sequence') names.push(`sequence ${after}\\b`);
  if (column === 'size') names.push(`checkpoint of size ${after}\\b`);
  return { what: `${table}.${column} of ${at}: ${before} -> ${after}`, names, restore: () => set(before, column === key ? after : at) };
}

const tiles = () => readdirSync(join(installation.data, 'tiles'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));

function flipTile() {
  const files = tiles();
  const file = files[below(files.length)];
  const before = readFileSync(file);
  const after = Buffer.from(before);
  const at = below(after.length);
  after[at] ^= 1 << below(8);
  writeFileSync(file, after);
  const [level, ...index] = relative(join(installation.data, 'tiles'), file).replace(/\.p\/\d+$/, '').split('/');
  const name = `tile ${level}/${Number(index.join('').replaceAll('x', ''))}\\b`;
  return { what: `${file} byte ${at}`, names: [name], restore: () => writeFileSync(file, before) };
}

test(`${flips} bytes changed one after the other are each found and named (seed ${seed})`, () => {
  const found = { tile: 0, row: 0 };
  for (let i = 0; i < flips;) {
    const kind = random() < 0.25 ? 'tile' : 'row';
    const flip = kind === 'tile' ? flipTile() : flipRow();
    if (!flip) continue;
    const { status, stdout, stderr } = installation.verifyLedger();
    flip.restore();
    assert.equal(status, 1, `not found: ${flip.what}\n${stdout}${stderr}`);
    assert.match(stdout, new RegExp(`damaged: .*(${flip.names.join('|')})`), `not named: ${flip.what}\n${stdout}`);
    found[kind] += 1;
    i += 1;
  }
  assert.ok(flips < 20 || (found.tile > 0 && found.row > 0), JSON.stringify(found));
  const verified = installation.verifyLedger();
  assert.equal(verified.status, 0, `after all was put back: ${verified.stdout}${verified.stderr}`);
});

test('a tile file that was cut is named', () => {
  const file = tiles().find((name) => !name.includes('.p/'));
  const whole = readFileSync(file);
  writeFileSync(file, whole.subarray(0, whole.length - 1));
  const cut = installation.verifyLedger();
  assert.equal(cut.status, 1, cut.stdout);
  assert.match(cut.stdout, /tile \d+\/\d+/);
  writeFileSync(file, whole);
  assert.equal(installation.verifyLedger().status, 0);
});
