// Who the others are to me: friends, those whom I share a meetup with, strangers, those I have blocked.

const MOST_FRIENDS = 1_000;
const MOST_BLOCKS = 1_000;
const MOST_REQUESTS = 200;
// Of more meetups the members are not looked up: they look like strangers on the map.
const MOST_MEETUPS = 30;
const MOST_NAMES = 5_000;

export class People {
  #api;
  #names = new Map();
  #asked = new Map();
  me = null;
  friends = new Map();
  blocks = new Map();
  received = new Map();
  sent = new Map();
  #companions = new Set();

  constructor(api) {
    this.#api = api;
  }

  // 'self', 'friend', 'same_meetup' or 'stranger', as far as it was read.
  relationOf(user) {
    if (user === this.me?.user) return 'self';
    if (this.friends.has(user)) return 'friend';
    return this.#companions.has(user) ? 'same_meetup' : 'stranger';
  }

  async readMe() {
    this.me = await this.#api.get('/me');
    this.#remember(this.me);
  }

  async readRelations() {
    const [friends, received, sent, blocks] = await Promise.all([
      this.#api.list('/friends', MOST_FRIENDS),
      this.#api.list('/friend-requests/received', MOST_REQUESTS),
      this.#api.list('/friend-requests/sent', MOST_REQUESTS),
      this.#api.list('/blocks', MOST_BLOCKS),
    ]);
    const byUser = (list) => new Map(list.map((summary) => [summary.user, summary]));
    this.friends = byUser(friends);
    this.received = byUser(received);
    this.sent = byUser(sent);
    this.blocks = byUser(blocks);
    for (const summary of [...friends, ...received, ...sent, ...blocks]) this.#remember(summary);
  }

  // Learns the members of `meetups`, which are mine.
  async readCompanions(meetups) {
    const lists = await Promise.all(meetups.slice(0, MOST_MEETUPS).map((meetup) =>
      this.#api.get(`/meetups/${meetup}/members`)));
    const members = lists.flatMap(({items}) => items);
    for (const member of members) this.#remember(member);
    this.#companions = new Set(members.map(({user}) => user));
  }

  async profile(user) {
    const profile = await this.#api.get(`/people/${user}`);
    this.#remember(profile);
    return profile;
  }

  // Undefined until it is known, null if there is no such person for me; `learnName` asks.
  nameOf(user) {
    return this.#names.get(user);
  }

  // Resolves to the nickname, or to null if there is no such person for me.
  learnName(user) {
    const known = this.#names.get(user);
    if (known !== undefined) return Promise.resolve(known);
    let asked = this.#asked.get(user);
    if (asked === undefined) {
      asked = this.profile(user).then(({nickname}) => nickname, ({status}) => {
        if (status === 404) this.#remember({user, nickname: null});
        return null;
      }).finally(() => this.#asked.delete(user));
      this.#asked.set(user, asked);
    }
    return asked;
  }

  // What was known of `user` may be another by now.
  forget(user) {
    this.#names.delete(user);
  }

  search(text) {
    return this.#api.list('/people', 20, {text});
  }

  requestFriend(user) {
    return this.#api.put(`/friends/${user}`);
  }

  endFriendship(user) {
    return this.#api.delete(`/friends/${user}`);
  }

  withdrawRequest(user) {
    return this.#api.delete(`/friend-requests/sent/${user}`);
  }

  declineRequest(user) {
    return this.#api.delete(`/friend-requests/received/${user}`);
  }

  block(user) {
    return this.#api.put(`/blocks/${user}`);
  }

  unblock(user) {
    return this.#api.delete(`/blocks/${user}`);
  }

  report(user, reason) {
    return this.#api.post(`/people/${user}/reports`, {reason});
  }

  #remember({user, nickname}) {
    this.#names.delete(user);
    this.#names.set(user, nickname);
    if (this.#names.size > MOST_NAMES) this.#names.delete(this.#names.keys().next().value);
  }
}
