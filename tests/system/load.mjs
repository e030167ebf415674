// The load under which things are made to fail: uploads, applications and signed look-ups at the same time, each remembered when it was acknowledged and
// looked for afterwards.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { identityNumber, until } from './shu.mjs';

export const rowsInFile = 300;
const badRowsInFile = rowsInFile / 50;
const citizen = '210199198512310030';
const look = { id_number: citizen };
const asked = { dataset: 'population', purpose: '故障测试', basis: '测试', days: 30, quota_per_day: 1000000 };
let serial = 0;

/// A file of people nobody else has, one in fifty with a wrong code.
export function file() {
  const lines = ['id_number,name,gender,birth_date,registered_division,status'];
  const birth = new Date(Date.UTC(1930, 0, 1 + serial)).toISOString().slice(0, 10);
  serial += 1;
  for (let i = 0; i < rowsInFile; i += 1)
    lines.push(`${identityNumber(birth.replaceAll('-', ''), 600 + i)},测试人,${i % 50 === 0 ? 'x' : 1},${birth},210102001002,1`);
  return lines.join('\n') + '\n';
}

export class Load {
  /// Signs in three officers and gets credentials for the look-ups.
  static async prepare(server) {
    const load = new Load();
    load.applicant = await server.signIn('human-resources');
    load.police = await server.signIn('police-data');
    load.bureau = await server.signIn('data-bureau');
    const application = (await load.applicant.post('/api/applications', { ...asked, fields: ['id_number', 'name'] })).body;
    const decided = (await load.police.post(`/api/applications/${application.id}/decision`, { approve: true, reason: '测试' })).body;
    load.grant = decided.grant;
    load.credentials = (await load.applicant.post(`/api/grants/${decided.grant}/credentials`)).body;
    load.forget();
    load.use(server);
    return load;
  }

  forget() {
    this.acknowledged = { batches: [], applications: [], calls: [] };
    this.answers = [];  // every answer that was no acknowledgement, and every request without an answer (status 0)
  }

  /// Goes on with another server; the sign-ins outlive the change.
  use(server) {
    this.server = server;
    for (const visitor of [this.applicant, this.police, this.bureau]) visitor.server = server;
  }

  async upload() {
    const { status, body } = await this.police.post('/api/datasets/population/batches?filename=load.csv', file(), { 'Content-Type': 'text/csv' });
    return this.note('batches', 202, status, body, 'id');
  }

  async apply() {
    const { status, body } = await this.applicant.post('/api/applications', { ...asked, fields: ['name'], days: 1, quota_per_day: 1 });
    return this.note('applications', 201, status, body, 'id');
  }

  async lookUp() {
    const { status, body } = await this.server.gateway(this.credentials, '/gateway/population', look);
    return this.note('calls', 200, status, body, 'call');
  }

  note(kind, good, status, body, name) {
    if (status === good) this.acknowledged[kind].push(body[name]);
    else this.answers.push({ kind, status, body });
    return { status, body };
  }

  /// Two kinds of writers and four readers, again and again until stop() or the end of the server.
  start() {
    this.stopping = false;
    const repeat = async (kind, work) => {
      while (!this.stopping) {
        try {
          const { status } = await work();
          if (status >= 500) await pause(5);
        } catch (error) {
          this.answers.push({ kind, status: 0, body: String(error.cause ?? error) });
          return;
        }
      }
    };
    this.running = Promise.all([repeat('batches', () => this.upload()), repeat('applications', () => this.apply()),
      ...[1, 2, 3, 4].map(() => repeat('calls', () => this.lookUp()))]);
  }

  async stop() {
    this.stopping = true;
    await this.running;
  }

  /// What was refused was refused with a problem document that says `detail`; nothing was left without an answer.
  assertRefusedCleanly(detail = /./) {
    for (const { kind, status, body } of this.answers) {
      assert.equal(status, 503, `${kind}: ${JSON.stringify(body)}`);
      assert.equal(body.status, 503, JSON.stringify(body));
      assert.match(body.detail, kind === 'calls' ? /nothing was read out/ : detail, kind);
    }
  }

  /// All that was acknowledged is there, complete; gives how much it was.
  async assertKept() {
    for (const id of this.acknowledged.batches) {
      const batch = await this.police.ended(id, 60);
      assert.equal(batch.state, 'done', batch.error);
      assert.equal(batch.read, rowsInFile, `batch ${id}`);
      assert.equal(batch.added + batch.changed + batch.unchanged, rowsInFile - badRowsInFile, `batch ${id}`);
      assert.equal(batch.quarantined, badRowsInFile, `batch ${id}`);
    }
    for (const id of this.acknowledged.applications) assert.equal((await this.applicant.get(`/api/applications/${id}`)).status, 200, `acknowledged application ${id} is lost`);
    for (const id of this.acknowledged.calls)
      await until(`acknowledged call ${id} is in the trace`, async () => (await this.bureau.get(`/api/calls/${id}`)).status === 200, 20);
    return Object.fromEntries(Object.entries(this.acknowledged).map(([kind, ids]) => [kind, ids.length]));
  }

  /// Waits until every kind of work is acknowledged again.
  async recovered(seconds = 30) {
    const good = { upload: 202, apply: 201, lookUp: 200 };
    for (const work of Object.keys(good)) await until(`${work} works again`, async () => (await this[work]()).status === good[work], seconds);
  }
}
