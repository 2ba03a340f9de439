import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Surroundings} from '../page/surroundings.js';
import {randomFrom} from './random.mjs';

const users = (list) => list.map(({user}) => user);

test('replays who enters, moves and leaves', () => {
  const around = new Surroundings();
  around.apply({enter: [['7', 37.5, 127, 10], ['8', 37.6, 127, 20, 1]]});
  assert.deepEqual(around.get('8'), {user: '8', lat: 37.6, lng: 127, cloaked: true});
  const changes = around.apply({move: [['7', 37.51, 127, 5]], leave: ['8']});
  assert.deepEqual(users(changes.move), ['7']);
  assert.deepEqual(changes.leave, ['8']);
  assert.equal(around.size, 1);
  assert.equal(around.get('7').lat, 37.51);
});

test('of a whole snapshot only the difference is told', () => {
  const around = new Surroundings();
  around.apply({reset: true, enter: [['1', 0, 0, 1], ['2', 0, 0, 2]]});
  const changes = around.apply({reset: true, enter: [['2', 1, 1, 3], ['3', 0, 0, 4]]});
  assert.deepEqual(users(changes.enter), ['3']);
  assert.deepEqual(users(changes.move), ['2']);
  assert.deepEqual(changes.leave, ['1']);
});

test('leaving twice, or unknown, is nothing', () => {
  const around = new Surroundings();
  around.apply({enter: [['1', 0, 0, 1]]});
  assert.deepEqual(around.apply({leave: ['1', '1', '9']}).leave, ['1']);
});

test('the nearest to a point come first, ties by id as a number, however far they were', () => {
  const around = new Surroundings();
  around.apply({enter: [['10', 0, 2, 5], ['9', 0, 2, 5], ['3', 0, 3, 7], ['4', 0, 1, 1]]});
  assert.deepEqual(users(around.nearest(3, {lat: 0, lng: 0})), ['4', '9', '10']);
  assert.deepEqual(users(around.nearest(1, {lat: 0, lng: 4})), ['3']);
  assert.equal(Math.round(around.nearest(1, {lat: 0, lng: 0})[0].distance), 111_195);
});

test('a replay of deltas is the snapshot of the moment, and so is one of what it tells', () => {
  for (let seed = 1; seed <= 100; ++seed) {
    const random = randomFrom(seed);
    const around = new Surroundings();
    const told = new Map();
    let truth = new Map();
    for (let step = 0; step < 40; ++step) {
      const next = new Map();
      for (let k = 0; k < 20; ++k) {
        if (random.below(3) > 0) {
          const moved = truth.has(String(k)) && random.below(2) > 0;
          next.set(String(k), moved ? truth.get(String(k)) :
              [String(k), random.next(), random.next(), random.below(1_000)]);
        }
      }
      const near = random.below(6) === 0 ? {reset: true, enter: [...next.values()]} : {
        enter: [...next].filter(([user]) => !truth.has(user)).map(([, row]) => row),
        move: [...next].filter(([user, row]) => truth.has(user) && truth.get(user) !== row)
            .map(([, row]) => row),
        leave: [...truth.keys()].filter((user) => !next.has(user)),
      };
      truth = next;
      const changes = around.apply(near);
      for (const neighbour of changes.enter) {
        assert.ok(!told.has(neighbour.user), `seed ${seed}: enters once`);
        told.set(neighbour.user, neighbour);
      }
      for (const neighbour of changes.move) {
        assert.ok(told.has(neighbour.user), `seed ${seed}: moves after it has entered`);
        told.set(neighbour.user, neighbour);
      }
      for (const user of changes.leave) assert.ok(told.delete(user), `seed ${seed}: leaves once`);

      const expected = [...truth.values()].map(([user, lat, lng]) =>
        ({user, lat, lng, cloaked: false})).sort((a, b) => a.user - b.user);
      const sorted = (people) => [...people].sort((a, b) => a.user - b.user);
      assert.deepEqual(sorted(around), expected, `seed ${seed}`);
      assert.deepEqual(sorted(told.values()), expected, `seed ${seed}`);
    }
  }
});
