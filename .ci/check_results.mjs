// Fails unless each of the given files holds benchmark results in the form that all of them share, or
// in that of the server's.
//
//   node check_results.mjs [--server] FILE...

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';

const TEXTS = ['engine', 'operation', 'distribution'];
const NUMBERS = ['users', 'threads', 'ns_median', 'ns_p10', 'ns_p90', 'bytes_per_user'];

const OF_A_CASE = ['sockets', 'interval_ms', 'server_cpu', 'crowd_cpu', 'rss_bytes_per_socket',
                   'delay_p50_ms', 'delay_p99_ms', 'late_p99_ms', 'missed'];

function checkCase(result, text) {
  assert.deepEqual(Object.keys(result), OF_A_CASE, text);
  for (const key of OF_A_CASE) assert(Number.isFinite(result[key]) && result[key] >= 0, text);
  for (const key of ['sockets', 'interval_ms', 'missed']) assert(Number.isInteger(result[key]), text);
  assert(result.sockets > 0 && result.interval_ms > 0 && result.server_cpu > 0, text);
  assert(0 < result.delay_p50_ms && result.delay_p50_ms <= result.delay_p99_ms, text);
}

function checkOperation(result, text) {
  // Where a sample was asked and its time scaled up, it says how many were.
  const {sample, ...rest} = result;
  assert(sample === undefined || (Number.isInteger(sample) && sample > 0), text);
  assert.deepEqual(Object.keys(rest).sort(), [...TEXTS, ...NUMBERS].sort(), text);
  for (const key of TEXTS) assert(typeof result[key] === 'string', text);
  // What the machine itself can do is measured without any users.
  const hasUsers = result.engine !== 'floor';
  assert(result.engine !== '' && result.operation !== '', text);
  assert((result.distribution !== '') === hasUsers, text);
  for (const key of NUMBERS) assert(Number.isFinite(result[key]) && result[key] >= 0, text);
  assert((result.users > 0) === hasUsers, text);
  assert(result.threads > 0 && result.ns_median > 0, text);
  assert(result.ns_p10 <= result.ns_median && result.ns_median <= result.ns_p90, text);
}

const [first, ...others] = process.argv.slice(2);
const isServer = first === '--server';
for (const file of isServer ? others : [first, ...others]) {
  const results = JSON.parse(readFileSync(file, 'utf8'));
  assert(Array.isArray(results) && results.length > 0, `${file} holds no results`);
  for (const result of results) {
    (isServer ? checkCase : checkOperation)(result, `${file}: ${JSON.stringify(result)}`);
  }
}
