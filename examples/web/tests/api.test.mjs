import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Api, ApiError} from '../page/api.js';
import {Meetups} from '../page/meetups.js';
import {People} from '../page/people.js';
import {Session} from '../page/session.js';

// Answers what `answers` has for "METHOD /path?query", and keeps what was asked.
function fakeApi(answers) {
  const asked = [];
  const api = new Api({
    describe: (code) => `(${code})`,
    fetch: async (path, {method, headers, body}) => {
      asked.push({what: `${method} ${path}`, headers, body});
      const answer = answers[`${method} ${path}`];
      if (answer === undefined) throw new TypeError('no network');
      const {status = 200, ...json} = answer;
      return {ok: status < 400, status, statusText: 'status', text: async () =>
        answer.text ?? JSON.stringify(Array.isArray(answer) ? answer : json)};
    },
  });
  api.token = 'token';
  return {api, asked};
}

class FakeStorage {
  items = new Map();
  getItem(key) { return this.items.get(key) ?? null; }
  setItem(key, value) { this.items.set(key, value); }
  removeItem(key) { this.items.delete(key); }
}

test('says who asks, in which language, and that a command is the same one', async () => {
  const {api, asked} = fakeApi({'POST /v1/meetups': {status: 201, meetup: '3'}});
  api.token = 'abc';
  api.language = 'ko';
  assert.deepEqual(await api.post('/meetups', {title: 'x'}, '55'), {meetup: '3'});
  assert.deepEqual(asked[0].headers, {
    'Accept-Language': 'ko', 'Authorization': 'Bearer abc', 'Content-Type': 'application/json',
    'Idempotency-Key': '55',
  });
  assert.equal(asked[0].body, '{"title":"x"}');
});

test('a refusal has its code, and its sentence in the language asked for', async () => {
  const {api} = fakeApi({
    'PUT /v1/friends/8': {status: 409, code: 'already_friends', title: '이미 친구입니다.', detail: 'You are.'},
    'POST /v1/meetups': {status: 400, code: 'invalid_json', title: '잘못된 요청입니다.', detail: 'start: is missing'},
    'GET /v1/me': {status: 502},
  });
  await assert.rejects(api.put('/friends/8'), (error) => error instanceof ApiError &&
      error.code === 'already_friends' && error.message === '이미 친구입니다.' && error.status === 409);
  await assert.rejects(api.post('/meetups', {}), {message: '잘못된 요청입니다. (start: is missing)'});
  await assert.rejects(api.get('/me'), {code: 'unknown', message: 'status'});
});

test('no network, or an answer that is none, is said in the words of the page', async () => {
  const {api} = fakeApi({'GET /v1/me': {text: '<html>'}});
  await assert.rejects(api.get('/friends'), {code: 'network', message: '(network)'});
  await assert.rejects(api.get('/me'), {code: 'not_json', message: '(network)'});
});

test('once logged out nothing is asked but to come in', async () => {
  const {api, asked} = fakeApi({'GET /v1/me': {user: '7'}, 'POST /v1/guests': {user: '8'}});
  api.token = null;
  await assert.rejects(api.get('/me'), {code: 'logged_out', message: '(logged_out)'});
  assert.equal(asked.length, 0);
  assert.deepEqual(await api.post('/guests', {nickname: 'x'}), {user: '8'});
});

test('lists are read page by page, up to the limit', async () => {
  const {api, asked} = fakeApi({
    'GET /v1/friends?size=100': {items: [1, 2, 3], next: 'a b'},
    'GET /v1/friends?size=100&cursor=a+b': {items: [4, 5], next: 'more'},
  });
  assert.deepEqual(await api.list('/friends', 4), [1, 2, 3, 4]);
  assert.equal(asked.length, 2);
});

test('a session lasts until it expires or ends; guests belong to the tab', async () => {
  const begun = {user: '7', token: 't', expires: 1_000};
  const {api} = fakeApi({'POST /v1/guests': begun, 'POST /v1/sessions': {...begun, user: '8'}});
  let now = 0;
  const storages = () => ({tab: new FakeStorage(), browser: new FakeStorage(), now: () => now});
  const first = storages();
  const session = new Session(api, first);
  assert.equal(session.restore(), null);
  await session.guest('Kim');
  assert.deepEqual(session.restore(), begun);
  assert.equal(new Session(api, {...first, tab: new FakeStorage()}).restore(), null);
  now = 1_000;
  assert.equal(session.restore(), null);
  now = 0;
  session.end();
  assert.equal(session.restore(), null);

  const second = storages();
  await new Session(api, second).logIn('kim', 'password');
  assert.equal(new Session(api, {...second, tab: new FakeStorage()}).restore().user, '8');
});

test('what is kept by something else is no session', () => {
  const {api} = fakeApi({});
  const tab = new FakeStorage();
  tab.setItem('moyeo.session', '{oops');
  assert.equal(new Session(api, {tab, browser: new FakeStorage(), now: () => 0}).restore(), null);
});

const meetup = (id, fields) => [id, {
  meetup: id, title: 'Chess', place_name: 'Namsan', tags: ['games'], start: 0, end: 10, capacity: 4,
  members: 1, cancelled: false, ...fields,
}];
const found = (meetups, filter, now = 0) => meetups.filtered(filter, now).map((one) => one.meetup);

test('meetups are filtered by text in title, place and tags, by free seats and day', () => {
  const noon = new Date(2026, 10, 30, 12).getTime();
  const hours = (n) => noon + n * 3_600_000;
  const meetups = new Meetups(null);
  meetups.around = new Map([
    meetup('1', {start: hours(1), end: hours(2)}),
    meetup('2', {start: hours(24), end: hours(25), title: '한강 산책', members: 4}),
    meetup('3', {start: hours(48), end: hours(49), cancelled: true}),
  ]);
  meetups.mine = new Map([meetup('4', {start: hours(11.99), end: hours(13), tags: ['RUN']})]);
  assert.deepEqual(found(meetups, {}, noon), ['1', '4', '2']);
  assert.deepEqual(found(meetups, {text: ' run '}, noon), ['4']);
  assert.deepEqual(found(meetups, {text: '한강'}, noon), ['2']);
  assert.deepEqual(found(meetups, {text: 'namsan', free: true}, noon), ['1', '4']);
  assert.deepEqual(found(meetups, {day: 'today'}, noon), ['1', '4']);
  assert.deepEqual(found(meetups, {day: 'tomorrow'}, noon), ['2']);
  assert.deepEqual(found(meetups, {}, hours(3)), ['4', '2']);
});

test('relations: friends before companions before strangers', async () => {
  const none = {items: [], next: ''};
  const {api} = fakeApi({
    'GET /v1/me': {user: '7', nickname: 'Me'},
    'GET /v1/friends?size=100': {items: [{user: '8', nickname: 'Friend'}], next: ''},
    'GET /v1/friend-requests/received?size=100': none,
    'GET /v1/friend-requests/sent?size=100': none,
    'GET /v1/blocks?size=100': none,
    'GET /v1/meetups/3/members': {items: [
      {user: '7', nickname: 'Me'}, {user: '8', nickname: 'Friend'}, {user: '9', nickname: 'Companion'},
    ]},
  });
  const people = new People(api);
  await people.readMe();
  await people.readRelations();
  await people.readCompanions(['3']);
  assert.deepEqual(['7', '8', '9', '10'].map((user) => people.relationOf(user)),
                   ['self', 'friend', 'same_meetup', 'stranger']);
  assert.equal(await people.learnName('9'), 'Companion');
});

test('names are asked for once, also of those who are nobody to me', async () => {
  const {api, asked} = fakeApi({
    'GET /v1/people/8': {user: '8', nickname: 'Kim'},
    'GET /v1/people/9': {status: 404, code: 'unknown_user', detail: 'No.'},
  });
  const people = new People(api);
  assert.deepEqual(await Promise.all(['8', '8', '9', '9'].map((user) => people.learnName(user))),
                   ['Kim', 'Kim', null, null]);
  assert.deepEqual([people.nameOf('8'), people.nameOf('9')], ['Kim', null]);
  assert.equal(await people.learnName('9'), null);
  assert.equal(asked.length, 2);
  // Without a network it is not known yet.
  assert.equal(await people.learnName('10'), null);
  assert.equal(people.nameOf('10'), undefined);
});
