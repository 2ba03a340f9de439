import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

import {Place} from '../page/place.js';

let standing, changes, place;

beforeEach(() => {
  standing = new Map();
  changes = 0;
  const connection = {
    stand: (key, message) => message === null ? standing.delete(key) : standing.set(key, message),
  };
  place = new Place({connection, position: {lat: 37.5, lng: 127}, listener: {onPlace: () => ++changes}});
});

test('who shares is where they say, and watches around themselves', () => {
  place.goTo({lat: 37.6, lng: 127.1});
  assert.deepEqual(standing.get('position'), {type: 'move', lat: 37.6, lng: 127.1});
  assert.equal('lat' in standing.get('watch'), false);
  assert.equal(changes, 1);
});

test('who does not share says nothing of themselves, and watches around a point', () => {
  place.share(true);
  place.share(false);
  assert.equal(standing.has('position'), false);
  const {lat, lng} = standing.get('watch');
  assert.deepEqual({lat, lng}, {lat: 37.5, lng: 127});
});

test('the radius is one of those that are offered', () => {
  place.radius = 15_000;
  assert.equal(standing.get('watch').radius_m, 15_000);
  assert.throws(() => { place.radius = 14_000; }, RangeError);
});

test('asks for as many as the server allows', () => {
  place.radius = 500;
  assert.equal(standing.get('watch').limit, 1_000);
  assert.ok(place.refused('limit: must be a whole number from 1 to 200'));
  assert.equal(standing.get('watch').limit, 200);
  assert.ok(place.refused('limit: must be a whole number from 1 to 60'));
  assert.equal(standing.get('watch').limit, 50);
  assert.ok(!place.refused('limit: must be a whole number from 1 to 10'));
  assert.ok(!place.refused('radius_m: must be less'));
});
