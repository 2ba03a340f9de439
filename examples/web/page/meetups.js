// Meetups: those on the map around, mine, and those that I am invited to.

const MOST_AROUND = 300;
const MOST_MINE = 200;

// How much of the map's answer passes: text in title, place or tags, and a day.
function passes(meetup, {text = '', day = 'any', free = false}, now) {
  const wanted = text.trim().toLocaleLowerCase();
  const said = [meetup.title, meetup.place_name, ...meetup.tags].join('\n').toLocaleLowerCase();
  if (wanted !== '' && !said.includes(wanted)) return false;
  if (free && meetup.members >= meetup.capacity) return false;
  if (day === 'any') return true;
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  midnight.setDate(midnight.getDate() + (day === 'tomorrow' ? 1 : 0));
  const next = new Date(midnight);
  next.setDate(next.getDate() + 1);
  return meetup.start >= midnight.getTime() && meetup.start < next.getTime();
}

export class Meetups {
  #api;
  around = new Map();
  mine = new Map();
  invitations = new Map();

  constructor(api) {
    this.#api = api;
  }

  async readAround({south, west, north, east}) {
    const list = await this.#api.list('/meetups', MOST_AROUND, {south, west, north, east});
    this.around = new Map(list.map((meetup) => [meetup.meetup, meetup]));
  }

  async readMine() {
    const [mine, invitations] = await Promise.all([
      this.#api.list('/meetups/mine', MOST_MINE),
      this.#api.list('/invitations', MOST_MINE),
    ]);
    this.mine = new Map(mine.map((meetup) => [meetup.meetup, meetup]));
    this.invitations = new Map(invitations.map((meetup) => [meetup.meetup, meetup]));
  }

  // Those on the map, mine and invitations included, that pass `filter`; by start.
  filtered(filter, now) {
    return [...new Map([...this.around, ...this.mine, ...this.invitations]).values()]
        .filter((meetup) => !meetup.cancelled && meetup.end > now && passes(meetup, filter, now))
        .sort((a, b) => a.start - b.start || (BigInt(a.meetup) > BigInt(b.meetup) ? -1 : 1));
  }

  isMine(meetup) {
    return this.mine.has(meetup);
  }

  view(meetup) {
    return this.#api.get(`/meetups/${meetup}`);
  }

  async members(meetup) {
    return (await this.#api.get(`/meetups/${meetup}/members`)).items;
  }

  // Resolves to the outcome, which has the id.
  create(fields, key) {
    return this.#api.post('/meetups', fields, key);
  }

  join(meetup) {
    return this.#api.put(`/meetups/${meetup}/members/me`);
  }

  leave(meetup) {
    return this.#api.delete(`/meetups/${meetup}/members/me`);
  }

  cancel(meetup) {
    return this.#api.delete(`/meetups/${meetup}`, {force: true});
  }

  kick(meetup, user) {
    return this.#api.delete(`/meetups/${meetup}/members/${user}`);
  }

  transfer(meetup, user) {
    return this.#api.put(`/meetups/${meetup}/host`, {user});
  }

  invite(meetup, user) {
    return this.#api.put(`/meetups/${meetup}/invitations/${user}`);
  }

  accept(meetup) {
    return this.#api.put(`/invitations/${meetup}`);
  }

  decline(meetup) {
    return this.#api.delete(`/invitations/${meetup}`);
  }

  confirm(meetup) {
    return this.#api.put(`/meetups/${meetup}/confirmation`);
  }

  withdrawConfirmation(meetup) {
    return this.#api.delete(`/meetups/${meetup}/confirmation`);
  }
}
