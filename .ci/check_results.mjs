// Fails unless each of the given files holds benchmark results in the form that all of them share.
//
//   node check_results.mjs FILE...

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';

const TEXTS = ['engine', 'operation', 'distribution'];
const NUMBERS = ['users', 'threads', 'ns_median', 'ns_p10', 'ns_p90', 'bytes_per_user'];

for (const file of process.argv.slice(2)) {
  const results = JSON.parse(readFileSync(file, 'utf8'));
  assert(Array.isArray(results) && results.length > 0, `${file} holds no results`);
  for (const result of results) {
    const text = `${file}: ${JSON.stringify(result)}`;
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
}
