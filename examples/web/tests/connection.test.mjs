import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

import {Connection} from '../page/connection.js';
import {FakeClock} from './fake_clock.mjs';
import {randomFrom} from './random.mjs';

class FakeSocket {
  sent = [];
  closed = false;

  send(text) {
    assert.ok(!this.closed, 'nothing is sent on a closed socket');
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  says(message) {
    this.onmessage({data: JSON.stringify(message)});
  }

  breaks(code = 1006) {
    this.onclose({code});
  }
}

let clock, sockets, states, events, messages, resyncs, connection;

const socket = () => sockets.at(-1);
const welcome = (sequence = '10') => socket().says({type: 'welcome', user: '7', sequence, time: 0});
const event = (sequence) => socket().says({type: 'event', event: {sequence, kind: 'x', body: {}}});
const seen = () => events.map(({sequence}) => sequence);

function connect(sequence) {
  connection.start('token');
  socket().onopen();
  welcome(sequence);
}

function reconnect(sequence) {
  clock.advance(states.at(-1).ms);
  socket().onopen();
  welcome(sequence);
}

beforeEach(() => {
  clock = new FakeClock();
  [sockets, states, events, messages, resyncs] = [[], [], [], [], 0];
  connection = new Connection({
    clock,
    random: () => 1,
    open: () => {
      sockets.push(new FakeSocket());
      return socket();
    },
    listener: {
      onState: (state, details) => states.push({state, ...details}),
      onMessage: (message) => messages.push(message),
      onEvent: (received) => events.push(received),
      onResync: () => ++resyncs,
    },
  });
});

test('says who one is first, and is live when welcomed', () => {
  connection.start('token');
  assert.equal(connection.state, 'connecting');
  socket().onopen();
  assert.deepEqual(socket().sent, [{type: 'hello', token: 'token'}]);
  welcome();
  assert.equal(connection.state, 'live');
  assert.equal(connection.after, '10');
});

test('an event goes to the listener once, in order', () => {
  connect('10');
  for (const sequence of ['11', '12', '12', '11', '9', '13']) event(sequence);
  assert.deepEqual(seen(), ['11', '12', '13']);
});

test('sequences beyond the exact numbers of JavaScript are told apart', () => {
  connect('9007199254740992');
  event('9007199254740993');
  event('9007199254740993');
  event('9007199254740994');
  assert.deepEqual(seen(), ['9007199254740993', '9007199254740994']);
});

test('after a loss it asks for what comes after the last event seen', () => {
  connect('10');
  event('12');
  socket().breaks();
  assert.equal(connection.state, 'waiting');
  clock.advance(500);
  socket().onopen();
  assert.deepEqual(socket().sent, [{type: 'hello', token: 'token', after: '12'}]);
  welcome('15');
  for (const sequence of ['13', '14', '15', '16']) event(sequence);
  assert.deepEqual(seen(), ['12', '13', '14', '15', '16']);
});

test('after a resync it goes on from what the server has, be it less than was seen', () => {
  connect('10');
  event('12');
  socket().breaks();
  reconnect('4');
  socket().says({type: 'resync'});
  assert.equal(resyncs, 1);
  for (const sequence of ['5', '6']) event(sequence);
  assert.deepEqual(seen(), ['12', '5', '6']);
  // One that is told in the middle says nothing of what came before it.
  socket().says({type: 'resync'});
  assert.equal(connection.after, '6');
});

test('no event is lost or repeated, wherever the connection breaks', () => {
  for (let seed = 1; seed <= 50; ++seed) {
    const random = randomFrom(seed);
    events = [];
    connect('0');
    let [happened, sent] = [0, 0];
    for (let step = 0; step < 200; ++step) {
      if (random.below(3) > 0) ++happened;
      if (random.below(8) === 0) {
        socket().breaks();
        reconnect(String(happened));
        // The server begins where it is asked to.
        sent = Number(socket().sent[0].after);
      } else if (sent < happened) {
        event(String(++sent));
      }
    }
    while (sent < happened) event(String(++sent));
    assert.deepEqual(seen(), Array.from({length: happened}, (_, k) => String(k + 1)), `seed ${seed}`);
  }
});

test('waits twice as long from try to try, up to half a minute', () => {
  connect();
  const waits = [];
  for (let k = 0; k < 9; ++k) {
    socket().breaks();
    waits.push(states.at(-1).ms);
    clock.advance(states.at(-1).ms);
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('half of a wait is chance', () => {
  const lucky = new Connection({
    clock, random: () => 0, open: () => new FakeSocket(),
    listener: {onState: (state, details) => states.push({state, ...details})},
  });
  lucky.start('token');
  clock.advance(10_000);
  assert.deepEqual(states.at(-1), {state: 'waiting', ms: 250});
});

test('only a connection that lasts ends the series of waits', () => {
  connect();
  socket().breaks();
  clock.advance(500);
  socket().onopen();
  welcome();
  clock.advance(9_999);
  socket().breaks();
  assert.equal(states.at(-1).ms, 1_000);
  clock.advance(1_000);
  socket().onopen();
  welcome();
  clock.advance(10_000);
  socket().breaks();
  assert.equal(states.at(-1).ms, 500);
});

test('does not wait when it is told that the network is back', () => {
  connect();
  socket().breaks();
  connection.retryNow();
  assert.equal(connection.state, 'connecting');
  assert.equal(sockets.length, 2);
  connection.retryNow();
  assert.equal(sockets.length, 2);
});

test('is patient with a server that asks for it', () => {
  connect();
  socket().breaks(4429);
  assert.equal(states.at(-1).ms, 5_000);
});

test('does not come back where it is not let in', () => {
  connect();
  socket().breaks(4401);
  assert.deepEqual(states.at(-1), {state: 'closed', reason: 'not_authenticated'});
  assert.equal(clock.timers, 0);
});

test('gives up a socket that never opens, and one that is never welcomed', () => {
  connection.start('token');
  clock.advance(10_000);
  assert.equal(connection.state, 'waiting');
  assert.ok(sockets[0].closed);
  clock.advance(500);
  socket().onopen();
  clock.advance(10_000);
  assert.equal(connection.state, 'waiting');
});

test('what stands is said again after every loss, what was ended is not', () => {
  connect();
  connection.stand('a', {type: 'watch', feed: 1});
  connection.stand('b', {type: 'watch', feed: 2});
  connection.stand('a', {type: 'watch', feed: 3});
  connection.stand('b', null);
  assert.deepEqual(socket().sent.slice(1).map(({feed}) => feed), [1, 2, 3]);
  socket().breaks();
  reconnect();
  assert.deepEqual(socket().sent.slice(1), [{type: 'watch', feed: 3}]);
});

test('what stands before it is live is said once it is', () => {
  connection.start('token');
  connection.stand('a', {type: 'watch', feed: 1});
  socket().onopen();
  assert.equal(socket().sent.length, 1);
  welcome();
  assert.deepEqual(socket().sent[1], {type: 'watch', feed: 1});
});

test('a request is answered, and timed', async () => {
  connect();
  const answered = connection.request({type: 'move', lat: 1, lng: 2});
  const {id} = socket().sent.at(-1);
  clock.advance(12);
  socket().says({type: 'done', id});
  assert.deepEqual(await answered, {answer: {type: 'done', id}, ms: 12});
});

test('requests end with the connection, and are not made without one', async () => {
  assert.equal(await connection.request({type: 'move'}), null);
  connect();
  const lost = connection.request({type: 'move'});
  socket().breaks();
  assert.equal(await lost, null);
});

test('a request without an answer shows that the connection is dead', async () => {
  connect();
  const silent = connection.request({type: 'move'});
  clock.advance(10_000);
  assert.equal(connection.state, 'waiting');
  assert.ok(sockets[0].closed);
  assert.equal(await silent, null);
});

test('a socket that was given up is no longer listened to', () => {
  connect('10');
  const old = socket();
  old.breaks();
  reconnect();
  old.says({type: 'event', event: {sequence: '11', kind: 'x', body: {}}});
  old.breaks();
  assert.deepEqual(seen(), []);
  assert.equal(connection.state, 'live');
});

test('what is not JSON ends the connection, not the page', () => {
  connect();
  socket().onmessage({data: '<html>'});
  assert.equal(connection.state, 'waiting');
});

test('a resync is told', () => {
  connect();
  socket().says({type: 'resync'});
  assert.equal(resyncs, 1);
});

test('is silent once it was stopped, and forgets when it starts as somebody else', () => {
  connect('10');
  connection.stand('a', {type: 'watch', feed: 1});
  connection.stop();
  assert.deepEqual(states.at(-1), {state: 'closed', reason: 'stopped'});
  assert.equal(clock.timers, 0);
  connection.start('other');
  socket().onopen();
  welcome('3');
  assert.deepEqual(socket().sent, [{type: 'hello', token: 'other'}]);
  assert.equal(connection.after, '3');
});
