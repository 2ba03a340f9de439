import assert from 'node:assert/strict';
import {test} from 'node:test';

import {project} from '../page/mercator.js';
import {Motion} from '../page/motion.js';

function assertNear(actual, expected) {
  assert.ok(Math.abs(actual.x - expected.x) < 1e-12 && Math.abs(actual.y - expected.y) < 1e-12,
            `${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}

test('stands where it was first seen', () => {
  const motion = new Motion(37.5, 127, 0);
  assertNear(motion.at(0), project(37.5, 127));
  assertNear(motion.at(9_999), project(37.5, 127));
});

test('is half way after half the time, and there after all of it', () => {
  const motion = new Motion(37.5, 127, 0);
  motion.moveTo(37.5, 128, 1_000, 200);
  assertNear(motion.at(1_000), project(37.5, 127));
  assertNear(motion.at(1_100), project(37.5, 127.5));
  assertNear(motion.at(1_200), project(37.5, 128));
  assertNear(motion.at(5_000), project(37.5, 128));
});

test('goes on from where it is shown, without a jump', () => {
  const motion = new Motion(0, 10, 0);
  motion.moveTo(0, 20, 0, 100);
  const shown = motion.at(50);
  motion.moveTo(0, 10, 50, 100);
  assertNear(motion.at(50), shown);
  assertNear(motion.at(100), project(0, 12.5));
});

test('goes the short way across the antimeridian', () => {
  const motion = new Motion(0, 179, 0);
  motion.moveTo(0, -179, 0, 100);
  assertNear(motion.at(50), project(0, 180));
  assertNear(motion.at(100), project(0, 181));
});

test('fades in, and out when it leaves; then it is over', () => {
  const motion = new Motion(0, 0, 0);
  assert.equal(motion.opacity(0), 0);
  assert.equal(motion.opacity(200), 0.5);
  assert.equal(motion.opacity(400), 1);
  motion.leave(1_000);
  assert.equal(motion.opacity(1_200), 0.5);
  assert.ok(!motion.isOver(1_399));
  assert.ok(motion.isOver(1_400));
});

test('who comes back while leaving stays', () => {
  const motion = new Motion(0, 0, 0);
  motion.leave(1_000);
  motion.moveTo(0, 1, 1_100, 100);
  assert.equal(motion.opacity(1_100), 1);
  assert.ok(!motion.isOver(9_999));
});

test('asks for no frames when nothing changes', () => {
  const motion = new Motion(0, 0, 0);
  assert.ok(motion.isAnimated(399));
  assert.ok(!motion.isAnimated(400));
  motion.moveTo(0, 1, 1_000, 100);
  assert.ok(motion.isAnimated(1_099));
  assert.ok(!motion.isAnimated(1_100));
});
