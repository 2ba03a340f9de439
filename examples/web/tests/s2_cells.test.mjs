import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';

import {cellAt, cellsIn, cornersOf, keyOf, neighboursOf} from '../page/s2_cells.js';
import {randomFrom} from './random.mjs';

const LINES = readFileSync(new URL('s2_cells.tsv', import.meta.url), 'utf8').split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));

test('cells, corners and neighbours are those of S2', () => {
  assert.ok(LINES.length > 100);
  for (const [lat, lng, level, face, i, j, ...rest] of LINES) {
    const cell = cellAt(Number(lat), Number(lng), Number(level));
    const where = `${lat}, ${lng} at ${level}`;
    assert.deepEqual(cell, {face: Number(face), i: Number(i), j: Number(j), level: Number(level)}, where);
    cornersOf(cell).forEach((corner, k) => {
      const [expectedLat, expectedLng] = [Number(rest[2 * k]), Number(rest[2 * k + 1])];
      assert.ok(Math.abs(corner.lat - expectedLat) < 1e-8, where);
      const turns = (corner.lng - expectedLng) / 360;
      assert.ok(Math.abs(turns - Math.round(turns)) < 1e-8 || Math.abs(corner.lat) > 89.999_999, where);
    });
    assert.deepEqual(neighboursOf(cell).map((other) => `${other.face}/${other.i}/${other.j}`),
                     rest.slice(8), where);
  }
});

test('corners never jump across the antimeridian', () => {
  const corners = cornersOf(cellAt(10, 179.999_999, 8));
  for (let k = 1; k < 4; ++k) assert.ok(Math.abs(corners[k].lng - corners[k - 1].lng) < 10);
});

test('the cells in a box are all that its points are in, and none twice', () => {
  for (let seed = 1; seed <= 20; ++seed) {
    const random = randomFrom(seed);
    const [south, west] = [random.next() * 150 - 75, random.next() * 360 - 180];
    const [north, east] = [south + 0.02, west + 0.03];
    const found = cellsIn({south, west, north, east}, 14, 400).map(({cell}) => keyOf(cell));
    assert.equal(new Set(found).size, found.length, `seed ${seed}`);
    assert.ok(found.length < 400);
    for (let k = 0; k < 200; ++k) {
      const [lat, lng] = [south + random.next() * 0.02, west + random.next() * 0.03];
      assert.ok(found.includes(keyOf(cellAt(lat, lng, 14))), `seed ${seed}: ${lat}, ${lng}`);
    }
  }
});

test('no more cells than asked for', () => {
  assert.equal(cellsIn({south: -80, west: -180, north: 80, east: 180}, 12, 50).length, 50);
});
