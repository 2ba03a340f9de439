import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Land} from '../page/land.js';
import {randomFrom} from './random.mjs';

function pack(parts) {
  const starts = Uint32Array.from([0, ...parts.map((_, k) =>
    parts.slice(0, k + 1).reduce((sum, part) => sum + part.length, 0))]);
  return {points: Float64Array.from(parts.flat()), starts};
}

const NONE = pack([]);

function area(ring) {
  let sum = 0;
  for (let p = 0; p < ring.length; p += 2) {
    const q = (p + 2) % ring.length;
    sum += ring[p] * ring[q + 1] - ring[q] * ring[p + 1];
  }
  return Math.abs(sum) / 2;
}

test('what lies inside stays, what lies outside goes', () => {
  const land = new Land({rings: pack([[0, 0, 1, 0, 1, 1, 0, 1], [5, 5, 6, 5, 6, 6]]), lines: NONE});
  const {rings} = land.within({west: -1, north: -1, east: 2, south: 2}, 0);
  assert.deepEqual(rings, [[0, 0, 1, 0, 1, 1, 0, 1]]);
});

test('a ring around the box becomes the box', () => {
  const land = new Land({rings: pack([[-9, -9, 9, -9, 9, 9, -9, 9]]), lines: NONE});
  const {rings} = land.within({west: 0, north: 0, east: 2, south: 1}, 0);
  assert.equal(rings.length, 1);
  assert.equal(area(rings[0]), 2);
});

test('parts of a box add up to what is in the whole of it', () => {
  for (let seed = 1; seed <= 50; ++seed) {
    const random = randomFrom(seed);
    // A star around (0.5, 0.5).
    const ring = [];
    for (let k = 0; k < 30; ++k) {
      const [angle, radius] = [k / 30 * 2 * Math.PI, 0.1 + 0.6 * random.next()];
      ring.push(0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle));
    }
    const land = new Land({rings: pack([ring]), lines: NONE});
    const areaIn = (box) => land.within(box, 0).rings.reduce((sum, part) => sum + area(part), 0);
    const whole = areaIn({west: 0, north: 0, east: 1, south: 1});
    let parts = 0;
    for (let x = 0; x < 4; ++x) {
      for (let y = 0; y < 4; ++y) {
        parts += areaIn({west: x / 4, north: y / 4, east: (x + 1) / 4, south: (y + 1) / 4});
      }
    }
    assert.ok(Math.abs(whole - parts) < 1e-12, `seed ${seed}`);
  }
});

test('lines that reach into the box are whole; points that nobody sees are left out', () => {
  const land = new Land({rings: NONE, lines: pack([[0, 0, 0.001, 0, 1, 0, 9, 9], [20, 20, 30, 30]])});
  const {lines} = land.within({west: 0, north: 0, east: 1, south: 1}, 0.01);
  assert.deepEqual(lines, [[0, 0, 1, 0, 9, 9]]);
});
