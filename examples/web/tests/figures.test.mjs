import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Figures, Rate, streamClients} from '../page/figures.js';

test('a steady stream has its rate', () => {
  const rate = new Rate();
  for (let now = 0; now < 20_000; now += 50) rate.add(7, now);
  assert.equal(rate.perSecond(20_000), 140);
  assert.equal(rate.perSecond(20_249), 665 / 4.999);
});

test('what is past is forgotten', () => {
  const rate = new Rate();
  rate.add(1_000, 0);
  assert.ok(rate.perSecond(4_000) > 0);
  assert.equal(rate.perSecond(5_000), 0);
});

test('a first message alone is no flood', () => {
  const rate = new Rate();
  assert.equal(rate.perSecond(0), 0);
  rate.add(500, 0);
  assert.equal(rate.perSecond(1), 500);
});

test('counts the parts of what is near, and bytes of everything', () => {
  const figures = new Figures();
  figures.count({type: 'near', enter: [1, 2], leave: [3]}, 100, 0);
  figures.count({type: 'event'}, 50, 0);
  assert.equal(figures.deltas.perSecond(0), 3);
  assert.equal(figures.bytes.perSecond(0), 150);
});

test('the answer time is the median of the latest', () => {
  const figures = new Figures();
  assert.equal(figures.latency, null);
  for (const ms of [1, 900, 3]) figures.addLatency(ms);
  assert.equal(figures.latency, 3);
  for (let k = 0; k < 20; ++k) figures.addLatency(8);
  assert.equal(figures.latency, 8);
});

test('the metrics say how many are connected, or do not', () => {
  const metrics = '# TYPE moyeo_stream_clients gauge\nmoyeo_connections 9\nmoyeo_stream_clients 12\n';
  assert.equal(streamClients(metrics), 12);
  assert.equal(streamClients('moyeo_connections 9'), null);
});
