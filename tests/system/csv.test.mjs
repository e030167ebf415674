// Wrong files through the program's own door: each bad row is named with its reason, the good rows are kept, the counts are exact, and one endless
// line costs neither memory nor the rows after it.
import assert from 'node:assert/strict';
import { readFileSync, statfsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Installation, engine, identityNumber } from './shu.mjs';

const heading = 'id_number,name,gender,birth_date,registered_division,status';
// The reader is the same on both engines; the full length once is enough. SHU_LONG_LINE_BYTES and SHU_RESIDENT_MIB_MAX are for sanitizers, which are slow and large.
const longLineBytes = Number(process.env.SHU_LONG_LINE_BYTES ?? (engine === 'sqlite' ? 2 * 2 ** 30 : 2 ** 28));
const residentMax = Number(process.env.SHU_RESIDENT_MIB_MAX ?? 300);
let installation, server, police, serial = 0;

before(async () => {
  installation = new Installation(200);
  server = await installation.serve();
  police = await server.signIn('police-data');
});

after(async () => {
  await server?.stop();
  installation?.remove();
});

/// A row that nothing is wrong with, of a person nobody else has; `change` replaces fields.
function row(change = {}) {
  const birth = `19${String(30 + Math.floor(serial / 900)).padStart(2, '0')}0315`;
  const fields = { id: identityNumber(birth, 100 + (serial % 900)), name: '测试人', gender: '1', birth: `${birth.slice(0, 4)}-03-15`, division: '210102001002', status: '1' };
  serial += 1;
  return Object.values({ ...fields, ...change }).join(',');
}

/// Uploads, and holds the batch against what it must say: how many rows of each kind, and for each bad line a word of its reason.
async function expectBatch(bytes, { read, added, bad }) {
  const { status, body } = await police.collect('population', bytes);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.state, 'done', body.error);
  const counts = { read: body.read, added: body.added, changed: body.changed, unchanged: body.unchanged, quarantined: body.quarantined };
  const quarantine = (await police.get(`/api/batches/${body.id}/quarantine?limit=500`)).body.items;
  const said = JSON.stringify(quarantine.map(({ line, reason }) => [line, reason]));
  assert.deepEqual(counts, { read, added, changed: 0, unchanged: 0, quarantined: Object.keys(bad).length }, said);
  assert.deepEqual(quarantine.map((one) => String(one.line)), Object.keys(bad), said);
  for (const one of quarantine) assert.match(one.reason, bad[one.line], `line ${one.line}: ${said}`);
  return body;
}

async function expectFailure(bytes, reason) {
  const { status, body } = await police.collect('population', bytes);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.state, 'failed');
  assert.match(body.error, reason);
  const { read, added, changed, unchanged, quarantined } = body;
  assert.deepEqual({ read, added, changed, unchanged, quarantined }, { read: 0, added: 0, changed: 0, unchanged: 0, quarantined: 0 });
}

const lines = (...rows) => rows.join('\n') + '\n';

/// The Chinese of these tests in GB 18030, which Node reads but does not write.
function gb18030(text) {
  const bytes = { 测: 'b2e2', 试: 'cad4', 人: 'c8cb', 姓: 'd0d5', 名: 'c3fb' };
  return Buffer.concat([...text].map((c) => (c < '\x80' ? Buffer.from(c) : Buffer.from(bytes[c], 'hex'))));
}

test('a file in GB 18030 is read, and the batch says so', async () => {
  const body = await expectBatch(gb18030(lines(heading.replace('name', '姓名'), row(), row())), { read: 2, added: 2, bad: {} });
  assert.equal(body.encoding, 'gb18030');
});

test('a row in another encoding than the file is named', async () => {
  const mixed = Buffer.concat([Buffer.from(lines(heading, row(), row())), gb18030(lines(row())), Buffer.from(lines(row()))]);
  await expectBatch(mixed, { read: 4, added: 3, bad: { 4: /UTF-8/ } });
});

test('a file that is no text in a known encoding is refused whole, or row by row', async () => {
  await expectFailure(Buffer.from('\ufeff' + lines(heading, row()), 'utf16le'), /UTF-16/);
  await expectFailure(Buffer.from('PK\x03\x04\x14\x00\x06\x00'), /Excel/);
  const unknown = Buffer.concat([Buffer.from(lines(heading)), Buffer.from(row({ name: '\xff\xff' }), 'latin1'), Buffer.from(`\n${lines(row())}`)]);
  await expectBatch(unknown, { read: 2, added: 1, bad: { 2: /编码/ } });
});

test('a heading with a missing, an unknown or a doubled column fails the batch and names the column', async () => {
  await expectFailure(lines('id_number,name,gender,birth_date,status', row()), /缺少必需的列.*户籍所在社区/);
  await expectFailure(lines(`${heading},shoe_size`, `${row()},42`), /没有这样的列.*shoe_size/);
  await expectFailure(lines(`${heading},姓名`, `${row()},测试人`), /列重复.*姓名/);
  await expectFailure(lines(heading.replaceAll(',', ';'), row()), /逗号/);
});

test('an empty file fails, and a heading alone is a batch without rows', async () => {
  await expectFailure('', /空/);
  await expectFailure('\n\r\n', /空/);
  await expectBatch(heading, { read: 0, added: 0, bad: {} });
});

test('quotes that do not close or close too early cost their row and no other', async () => {
  const file = lines(heading, row(), row({ name: '"测试人' }), row(), row({ name: '"测"试人' }), row({ name: '"测""试,\n人"' }), row(), row({ name: '"末尾' }));
  await expectBatch(file, { read: 7, added: 4, bad: { 3: /引号/, 5: /引号/, 9: /引号/ } });
});

test('ragged rows are named with the number of their columns', async () => {
  const file = lines(heading, row(), `${row()},1`, row().replace(/,1$/, ''), 'x', '', row());
  await expectBatch(file, { read: 5, added: 2, bad: { 3: /应有 6 列，实有 7 列/, 4: /实有 5 列/, 5: /实有 1 列/ } });
});

test('dates that do not exist, wrong check digits and unknown codes are named by field', async () => {
  const good = row();
  const id = good.split(',')[0];
  const wrong = id.slice(0, 17) + (id[17] === '1' ? '2' : '1');
  const file = lines(heading, row({ birth: '1990-02-30' }), row({ birth: '90/1/1' }), row({ birth: '' }), good.replace(id, wrong), row({ id: '210199900101123' }),
    row({ gender: '7' }), row({ division: '21010A001001' }), row({ name: '长'.repeat(51) }), good);
  const body = await expectBatch(file, { read: 9, added: 1,
    bad: { 2: /日期/, 3: /日期/, 4: /必填/, 5: /校验位/, 6: /15位/, 7: /代码表/, 8: /区划|代码/, 9: /50 个字/ } });
  assert.equal(body.reasons.reduce((sum, reason) => sum + reason.count, 0), 8);
});

test('a row with NUL bytes is named, and its text is shown without them', async () => {
  const body = await expectBatch(lines(heading, row(), row({ name: '测\0试' }), `${'\0'.repeat(40)}`, row()), { read: 4, added: 2, bad: { 3: /NUL/, 4: /NUL/ } });
  const { items } = (await police.get(`/api/batches/${body.id}/quarantine`)).body;
  assert.ok(items.every((one) => !one.text.includes('\0')));
});

test('a thousand bad rows among a thousand good ones are all named, and all good ones kept', async () => {
  const rows = [], bad = {};
  for (let i = 0; i < 2000; i += 1) {
    if (i % 2 === 0) rows.push(row());
    else {
      rows.push(row({ status: 'x' }));
      bad[i + 2] = true;
    }
  }
  const { body } = await police.collect('population', lines(heading, ...rows));
  assert.deepEqual([body.read, body.added, body.quarantined], [2000, 1000, 1000]);
  const named = [];
  for (let cursor = ''; cursor !== null;) {
    const page = (await police.get(`/api/batches/${body.id}/quarantine?limit=500&cursor=${cursor}`)).body;
    named.push(...page.items.map((one) => String(one.line)));
    cursor = page.next ?? null;
  }
  assert.deepEqual(named, Object.keys(bad));
});

/// A file of one endless line between good rows, never held whole by anybody.
function endless(bytes, first, last) {
  const piece = Buffer.alloc(2 ** 20, 'x');
  let left = bytes;
  return new ReadableStream({
    start: (to) => to.enqueue(Buffer.from(first)),
    pull(to) {
      if (left > 0) {
        to.enqueue(piece.subarray(0, Math.min(left, piece.length)));
        left -= piece.length;
      } else {
        to.enqueue(Buffer.from(last));
        to.close();
      }
    },
  });
}

function residentMiB() {
  return Number(readFileSync(`/proc/${server.process.pid}/status`, 'utf8').match(/VmHWM:\s+(\d+) kB/)[1]) / 1024;
}

test(`one line of ${longLineBytes} bytes is named, the rows around it are kept and memory stays small`, async (context) => {
  const room = statfsSync(installation.folder);
  if (room.bavail * room.bsize < 3 * longLineBytes) {
    console.log(`skipped: ${installation.folder} has no room for three times ${longLineBytes} bytes`);
    return;
  }
  const began = Date.now();
  const url = `${server.url}/api/datasets/population/batches?filename=endless.csv`;
  const body = endless(longLineBytes, `${heading}\n${row()}\n`, `\n${lines(row(), row({ birth: '1990-02-30' }))}`);
  const sent = await fetch(url, { method: 'POST', headers: { Cookie: police.cookie, 'Content-Type': 'text/csv' }, body, duplex: 'half' });
  const { id } = await sent.json();
  assert.equal(sent.status, 202);
  const batch = await police.ended(id, 300);
  assert.deepEqual([batch.state, batch.read, batch.added, batch.quarantined], ['done', 4, 2, 2], batch.error);
  const { items } = (await police.get(`/api/batches/${id}/quarantine`)).body;
  assert.deepEqual(items.map((one) => one.line), [3, 5]);
  assert.match(items[0].reason, /长度上限/);
  assert.ok(items[0].text.length <= 1000 && items[0].text.startsWith('x'.repeat(9)));
  const resident = residentMiB();
  context.diagnostic(`${(Date.now() - began) / 1000} s, server's memory at most ${Math.round(resident)} MiB`);
  assert.ok(resident < residentMax, `${resident} MiB`);
});

test('the ledger verifies after all of it', async () => {
  assert.equal(await server.stop(), 0);
  const verified = installation.verifyLedger();
  assert.equal(verified.status, 0, verified.stdout + verified.stderr);
});
