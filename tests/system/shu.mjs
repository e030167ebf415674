// Starts the real program on a data folder of its own and speaks to it as a browser or a client system would.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const source = process.env.SHU_SOURCE ?? new URL('../..', import.meta.url).pathname;
export const program = process.env.SHU_PROGRAM ?? join(source, 'build/release/shu');
export const engine = process.env.SHU_ENGINE ?? 'sqlite';
export const city = join(source, 'cities/shenyang');

/// Calls `attempt` until it gives something, at most `seconds`.
export async function until(what, attempt, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await attempt();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await pause(20);
  }
}

/// A city prepared once for a test file: `people` synthetic persons on the engine of this run. On PostgreSQL it has a database of its own, in the
/// server that `postgres` names. `prepare` is called with the data folder before anything is in it.
export class Installation {
  constructor(people = 1000, { postgres = process.env.SHU_TEST_POSTGRES, prepare } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'shu-system-'));
    this.data = join(this.folder, 'data');
    prepare?.(this.data);
    this.database = [];
    if (engine === 'postgres') {
      const words = postgres;
      if (!words) throw new Error('SHU_TEST_POSTGRES is not set; run the tests through ctest');
      this.name = `system_${process.pid}_${randomBytes(4).toString('hex')}`;
      this.admin = words;
      psql(words, `CREATE DATABASE ${this.name}`);
      const host = words.match(/host=(\S+)/)[1];
      this.database = ['--database', `postgres://shu@/${this.name}?host=${encodeURIComponent(host)}`];
    }
    execFileSync(program, ['demo', '--city', city, '--data', this.data, '--people', String(people), ...this.database], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  shu(...words) {
    return spawnSync(program, words, { encoding: 'utf8' });
  }

  verifyLedger() {
    return this.shu('ledger', 'verify', '--data', this.data, ...this.database);
  }

  async serve(more = []) {
    return Server.start(this, more);
  }

  copyData(to) {
    cpSync(this.data, to, { recursive: true });
  }

  remove() {
    if (this.name) psql(this.admin, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function psql(words, sql) {
  execFileSync('psql', ['-q', '-v', 'ON_ERROR_STOP=1', words, '-c', sql], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/// Numbers from 0 to 1 that are the same for the same seed.
export function generator(seed) {
  let state = seed;
  return () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
}

export class Server {
  static async start(installation, more) {
    const server = new Server();
    server.installation = installation;
    const words = ['serve', '--city', city, '--data', installation.data, '--listen', '127.0.0.1:0', '--demo', '--log', 'warning', ...installation.database, ...more];
    server.process = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    server.output = '';
    server.process.stdout.on('data', (bytes) => (server.output += bytes));
    server.process.stderr.on('data', (bytes) => (server.output += bytes));
    server.ended = new Promise((resolve) => server.process.on('exit', (code, signal) => resolve(code ?? signal)));
    const port = await until('the server says its address', () => {
      if (server.process.exitCode !== null) throw new Error(`the server ended: ${server.output}`);
      return server.output.match(/ at https?:\/\/localhost:(\d+)/)?.[1];
    });
    server.port = Number(port);
    server.url = `http://127.0.0.1:${port}`;
    return server;
  }

  async kill() {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  async stop() {
    this.process.kill('SIGTERM');
    return this.ended;
  }

  visitor() {
    return new Visitor(this);
  }

  async signIn(name, password = 'shu-demo') {
    const visitor = new Visitor(this);
    const answer = await visitor.post('/api/session', { name, password });
    if (answer.status !== 200) throw new Error(`sign-in of ${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return visitor;
  }

  /// A signed gateway request (standards: the profile with HMAC-SM3); `alter` may change any part after signing.
  async gateway(credentials, path, query = {}, alter = {}) {
    const sorted = Object.keys(query).sort().map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(query[name])}`).join('&');
    const timestamp = String(alter.timestamp ?? Date.now());
    const nonce = alter.nonce ?? randomBytes(12).toString('hex');
    const bodyDigest = createHash('sm3').update('').digest('hex');
    const text = ['GET', path, sorted, bodyDigest, credentials.client_id, timestamp, nonce].join('\n');
    const signature = createHmac('sm3', credentials.secret).update(text).digest('base64');
    const headers = { 'X-Client-Id': credentials.client_id, 'X-Timestamp': timestamp, 'X-Nonce': nonce, 'X-Sign-Alg': 'HMAC-SM3', 'X-Signature': signature, ...alter.headers };
    const answer = await fetch(`${this.url}${alter.path ?? path}?${alter.query ?? sorted}`, { headers });
    const body = await answer.text();
    return { status: answer.status, body: body.startsWith('{') ? JSON.parse(body) : body };
  }
}

export class Visitor {
  constructor(server) {
    this.server = server;
    this.cookie = '';
  }

  async call(method, path, body, headers = {}) {
    const json = body !== undefined && !(body instanceof Uint8Array) && typeof body !== 'string';
    const answer = await fetch(this.server.url + path, {
      method,
      headers: { ...(this.cookie && { Cookie: this.cookie }), ...(json && { 'Content-Type': 'application/json' }), ...headers },
      body: json ? JSON.stringify(body) : body,
    });
    const cookie = answer.headers.get('set-cookie');
    if (cookie) this.cookie = cookie.split(';')[0];
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, body: isJson && text ? JSON.parse(text) : text };
  }

  get(path) { return this.call('GET', path); }
  post(path, body, headers) { return this.call('POST', path, body, headers); }
  put(path, body) { return this.call('PUT', path, body); }
  delete(path) { return this.call('DELETE', path); }

  /// Uploads a file and waits until it has been collected.
  async collect(dataset, text, name = 'test.csv') {
    const begun = await this.post(`/api/datasets/${dataset}/batches?filename=${encodeURIComponent(name)}`, text, { 'Content-Type': 'text/csv' });
    if (begun.status !== 202) return begun;
    return { status: 200, body: await this.ended(begun.body.id) };
  }

  /// The batch when it has ended.
  async ended(id, seconds = 30) {
    return until(`batch ${id} ends`, async () => {
      const { status, body } = await this.get(`/api/batches/${id}`);
      if (status !== 200) throw new Error(`batch ${id}: ${status} ${JSON.stringify(body)}`);
      return ['done', 'failed'].includes(body.state) ? body : null;
    }, seconds);
  }
}

/// An identity number of the unassigned division 210199, with its check digit (GB 11643-1999).
export function identityNumber(birth, serial) {
  const digits = `210199${birth}${String(serial).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((all, weight, index) => all + weight * Number(digits[index]), 0);
  return digits + '10X98765432'[sum % 11];
}

export function exists(path) {
  return existsSync(path);
}
