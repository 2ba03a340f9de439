import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Refresher} from '../page/refresher.js';
import {FakeClock} from './fake_clock.mjs';

function reader() {
  const ends = [];
  return {ends, read: () => new Promise((resolve) => ends.push(resolve))};
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a thousand wishes are two readings: the one that runs, and one after it', async () => {
  const clock = new FakeClock();
  const {ends, read} = reader();
  const refresher = new Refresher(read, 1_000, clock);
  for (let k = 0; k < 1_000; ++k) refresher.request();
  assert.equal(ends.length, 1);
  ends[0]();
  await settle();
  assert.equal(ends.length, 1);
  clock.advance(1_000);
  assert.equal(ends.length, 2);
  ends[1]();
  await settle();
  clock.advance(60_000);
  assert.equal(ends.length, 2);
});

test('a wish during the pause is granted after it', async () => {
  const clock = new FakeClock();
  const {ends, read} = reader();
  const refresher = new Refresher(read, 1_000, clock);
  refresher.request();
  ends[0]();
  await settle();
  clock.advance(500);
  refresher.request();
  clock.advance(499);
  assert.equal(ends.length, 1);
  clock.advance(1);
  assert.equal(ends.length, 2);
});
