import assert from 'node:assert/strict';
import {beforeEach, test} from 'node:test';

import {Chat} from '../page/chat.js';

const ME = '7';
let answers, asked, chat;

const posted = (number, author = '8', text = `text ${number}`) =>
  ({kind: 'message_posted', time: number, body: {meetup: '3', number, author, text}});
const shown = () => chat.room('3').messages.map(({number, text}) => [number, text]);

beforeEach(async () => {
  asked = [];
  answers = {
    '/meetups/3/room': {meetup: '3', last: 4, joined: 0, read: 2, unread: 2},
    '/meetups/3/messages': {
      items: [4, 3].map((number) => ({number, author: '8', time: 0, text: `text ${number}`, deleted: false})),
      next: 'older',
    },
  };
  const ask = (method) => async (path, body) => {
    asked.push([method, path, body]);
    return answers[path];
  };
  chat = new Chat({get: ask('GET'), put: ask('PUT'), post: ask('POST')}, () => ME);
  await chat.readRooms(['3']);
});

test('counts what others write, and not what I do', () => {
  assert.equal(chat.unread, 2);
  chat.apply(posted(5));
  chat.apply(posted(6, ME));
  assert.equal(chat.unread, 3);
});

test('a message that was counted by the server already does not count twice', () => {
  chat.apply(posted(4));
  assert.equal(chat.unread, 2);
});

test('messages stand in order, each once, however they came', async () => {
  await chat.open('3');
  chat.apply(posted(5));
  chat.apply(posted(4));
  assert.deepEqual(shown(), [[3, 'text 3'], [4, 'text 4'], [5, 'text 5']]);
});

test('older pages go before', async () => {
  await chat.open('3');
  answers['/meetups/3/messages'] =
      {items: [{number: 2, author: '8', time: 0, text: 'text 2', deleted: false}], next: ''};
  await chat.readOlder('3');
  assert.deepEqual(shown().map(([number]) => number), [2, 3, 4]);
  const before = asked.length;
  await chat.readOlder('3');
  assert.equal(asked.length, before);
});

test('of what was deleted the text goes', async () => {
  await chat.open('3');
  chat.apply({kind: 'message_deleted', time: 0, body: {meetup: '3', number: 3}});
  assert.deepEqual(shown()[0], [3, '']);
  chat.apply({kind: 'messages_emptied', time: 0, body: {meetup: '3', numbers: [4]}});
  assert.deepEqual(shown()[1], [4, '']);
});

test('reading is told once, as far as there is something', async () => {
  chat.apply(posted(5));
  await chat.markRead('3');
  await chat.markRead('3');
  assert.equal(chat.unread, 0);
  assert.deepEqual(asked.filter(([method]) => method === 'PUT'),
                   [['PUT', '/meetups/3/read', {number: 5}]]);
});

test('a room that I am kicked from while it is read is no room of mine', async () => {
  const room = answers['/meetups/3/room'];
  answers['/meetups/3/room'] = Promise.reject(Object.assign(new Error(), {status: 403}));
  answers['/meetups/4/room'] = {...room, meetup: '4'};
  await chat.readRooms(['3', '4']);
  assert.equal(chat.room('3'), undefined);
  assert.equal(chat.unread, 2);
});

test('marks are on their way one after the other', async () => {
  let arrive;
  answers['/meetups/3/read'] = new Promise((resolve) => { arrive = resolve; });
  const marks = () => asked.filter(([method]) => method === 'PUT').map(([, , {number}]) => number);
  const first = chat.markRead('3');
  for (const number of [5, 6]) {
    chat.apply(posted(number));
    await chat.markRead('3');
  }
  assert.deepEqual(marks(), [4]);
  arrive({});
  await first;
  assert.deepEqual(marks(), [4, 6]);
});

test('an answer from before the reading does not make it unread', async () => {
  await chat.markRead('3');
  await chat.readRooms(['3']);
  assert.equal(chat.unread, 0);
  answers['/meetups/3/room'] = {meetup: '3', last: 6, joined: 0, read: 4, unread: 2};
  await chat.readRooms(['3']);
  assert.equal(chat.unread, 2);
});

test('an answer from before a message does not make it forgotten', async () => {
  chat.apply(posted(5));
  await chat.readRooms(['3']);
  assert.equal(chat.unread, 3);
  assert.equal(chat.room('3').last, 5);
});

test('what another device of mine has read is read', () => {
  chat.apply({kind: 'read_mark_moved', time: 0, body: {meetup: '3', user: ME, number: 4}});
  assert.equal(chat.unread, 0);
});

test('the room is gone when I am', () => {
  chat.apply({kind: 'member_kicked', time: 0, body: {meetup: '3', user: '9', members: 2}});
  assert.notEqual(chat.room('3'), undefined);
  chat.apply({kind: 'member_kicked', time: 0, body: {meetup: '3', user: ME, members: 1}});
  assert.equal(chat.room('3'), undefined);
  assert.equal(chat.apply(posted(5)), null);
});
