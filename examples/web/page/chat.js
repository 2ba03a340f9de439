// Rooms: messages as they come, and how many of them are unread.

const PAGE = 50;

class Room {
  // By number, ascending, as far as they were read.
  messages = [];
  unread = 0;
  last = 0;
  read = 0;
  // How far the server knows that I have read.
  marked = 0;
  marking = false;
  // Where older ones go on; null before the first page was read, '' after the last.
  older = null;

  insert(message) {
    const at = this.messages.findIndex(({number}) => number >= message.number);
    if (at === -1) this.messages.push(message);
    else if (this.messages[at].number === message.number) this.messages[at] = message;
    else this.messages.splice(at, 0, message);
  }

  empty(numbers) {
    const gone = new Set(numbers);
    for (const message of this.messages) {
      if (gone.has(message.number)) Object.assign(message, {text: '', deleted: true});
    }
  }
}

export class Chat {
  #api;
  #me = () => null;
  #rooms = new Map();

  // `me()` is my id.
  constructor(api, me) {
    this.#api = api;
    this.#me = me;
  }

  get unread() {
    let sum = 0;
    for (const room of this.#rooms.values()) sum += room.unread;
    return sum;
  }

  // Undefined for a room that I am not in.
  room(meetup) {
    return this.#rooms.get(meetup);
  }

  // Reads the rooms of `meetups` anew, which are all those that I am in. Messages that were read stay,
  // unless their room is no longer mine; a gap after them is read when the room is opened.
  async readRooms(meetups) {
    const views = await Promise.all(meetups.map(async (meetup) => {
      try {
        return [await this.#api.get(`/meetups/${meetup}/room`)];
      } catch (error) {
        // I may have been kicked meanwhile.
        if (error.status !== 403 && error.status !== 404) throw error;
        return [];
      }
    }));
    const rooms = new Map();
    for (const view of views.flat()) {
      const room = this.#rooms.get(view.meetup) ?? new Room();
      rooms.set(view.meetup, room);
      room.marked = Math.max(room.marked, view.read);
      // What was posted or read meanwhile the answer may not know yet.
      if (view.last < room.last) continue;
      const read = Math.max(room.read, view.read);
      Object.assign(room, {unread: read >= view.last ? 0 : view.unread, last: view.last, read});
    }
    this.#rooms = rooms;
  }

  // Of what I have missed: the next opening reads it.
  forgetMessages() {
    for (const room of this.#rooms.values()) Object.assign(room, {messages: [], older: null});
  }

  // Reads the latest messages, unless they are there.
  async open(meetup) {
    const room = this.#rooms.get(meetup);
    if (room === undefined || room.older !== null) return;
    await this.#readPage(meetup, room, {});
  }

  async readOlder(meetup) {
    const room = this.#rooms.get(meetup);
    if (room === undefined || !room.older) return;
    await this.#readPage(meetup, room, {cursor: room.older});
  }

  // Resolves to the outcome. The message itself comes as an event, to its author too.
  post(meetup, text, key) {
    return this.#api.post(`/meetups/${meetup}/messages`, {text}, key);
  }

  remove(meetup, number) {
    return this.#api.delete(`/meetups/${meetup}/messages/${number}`);
  }

  // All that there is has been seen. One request is on its way at a time: an earlier mark that comes
  // after a later one is refused.
  async markRead(meetup) {
    const room = this.#rooms.get(meetup);
    if (room === undefined || room.unread === 0) return;
    room.unread = 0;
    room.read = room.last;
    if (room.marking) return;
    room.marking = true;
    try {
      while (room.marked < room.read) {
        const number = room.read;
        await this.#api.put(`/meetups/${meetup}/read`, {number});
        room.marked = Math.max(room.marked, number);
      }
    } finally {
      room.marking = false;
    }
  }

  // Takes an event of the stream; returns the meetup whose room has changed, or null.
  apply({kind, time, body}) {
    const room = this.#rooms.get(body.meetup);
    if (room === undefined) return null;
    switch (kind) {
      case 'message_posted': {
        const {number, author, text} = body;
        // What was read over HTTP meanwhile is counted already.
        if (number > room.last) {
          room.last = number;
          if (author !== this.#me()) room.unread++;
          else if (room.unread === 0) room.read = number;
        }
        if (room.older !== null) room.insert({number, author, time, text, deleted: false});
        return body.meetup;
      }
      case 'message_deleted':
        room.empty([body.number]);
        return body.meetup;
      case 'messages_emptied':
        room.empty(body.numbers);
        return body.meetup;
      case 'read_mark_moved':
        if (body.user === this.#me()) {
          room.marked = Math.max(room.marked, body.number);
          room.read = Math.max(room.read, body.number);
          if (room.read >= room.last) room.unread = 0;
        }
        return body.meetup;
      case 'member_left':
      case 'member_kicked':
        if (body.user === this.#me()) this.#rooms.delete(body.meetup);
        return body.meetup;
      default:
        return null;
    }
  }

  async #readPage(meetup, room, query) {
    const page = await this.#api.get(`/meetups/${meetup}/messages`, {...query, size: PAGE});
    for (const message of page.items) room.insert(message);
    room.older = page.next;
  }
}
