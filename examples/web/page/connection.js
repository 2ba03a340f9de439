// The stream of messages from the server, which outlives its connections.
//
// After a loss it connects again by itself, waiting longer from try to try, and tells the server the
// last event that it has seen, so that none is lost or comes twice.

const CLOSED_NOT_AUTHENTICATED = 4401;
const CLOSED_TOO_FAST = 4429;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
// The server has asked for patience.
const PATIENT_WAIT_MS = 5_000;
// Only a connection that lasts so long ends the series of waits: a server that welcomes and hangs up
// is not asked without pause.
const LASTING_MS = 10_000;
// A request unanswered so long means that the connection is dead, though nobody has said so.
const SILENCE_MS = 10_000;

const SYSTEM_CLOCK = {
  now: () => performance.now(),
  after: (ms, callback) => setTimeout(callback, ms),
  cancel: (timer) => clearTimeout(timer),
};

export class Connection {
  #listener;
  #open;
  #clock;
  #random;
  #token = null;
  #socket = null;
  #state = 'closed';
  #after = null;
  // What the server had told by the last welcome; null once something came after it.
  #welcomed = null;
  #attempts = 0;
  #timer = null;
  #liveSince = 0;
  #standing = new Map();
  #pending = new Map();
  #nextId = 1;

  // `listener` has onState(state, details), onMessage(message, bytes), onEvent(event) and onResync().
  // States: 'closed' (details.reason: 'stopped' or 'not_authenticated'), 'connecting', 'live',
  // 'waiting' (details.ms until the next try).
  //
  // `open()` makes a socket; `clock` and `random` are replaced by tests.
  constructor({listener, open, clock = SYSTEM_CLOCK, random = Math.random}) {
    this.#listener = listener;
    this.#open = open;
    this.#clock = clock;
    this.#random = random;
  }

  get state() {
    return this.#state;
  }

  // The sequence of the last event that was seen, as a decimal string; null before the first welcome.
  get after() {
    return this.#after;
  }

  // Connects as the owner of `token`, whose events were seen as far as the caller has read them.
  start(token) {
    this.stop();
    this.#token = token;
    this.#after = null;
    this.#attempts = 0;
    this.#connect();
  }

  // Until start() is called again. Standing messages are forgotten.
  stop() {
    this.#standing.clear();
    this.#abandon();
    if (this.#state !== 'closed') this.#enter('closed', {reason: 'stopped'});
  }

  // Does not wait for the next try any longer; nothing happens unless it is waiting.
  retryNow() {
    if (this.#state !== 'waiting') return;
    this.#clock.cancel(this.#timer);
    this.#connect();
  }

  // Sends `message` now, and after every loss again: what the server forgets with a connection. One
  // message stands per `key`; null ends it.
  stand(key, message) {
    if (message === null) {
      this.#standing.delete(key);
    } else {
      this.#standing.set(key, message);
      if (this.#state === 'live') this.#send(message);
    }
  }

  // Sends `message` if the connection is live; says whether it was sent.
  send(message) {
    if (this.#state !== 'live') return false;
    this.#send(message);
    return true;
  }

  // Sends `message` with an id and resolves to {answer, ms} once it is answered; to null if the
  // connection is not live or is lost before.
  request(message) {
    if (this.#state !== 'live') return Promise.resolve(null);
    const id = String(this.#nextId++);
    return new Promise((resolve) => {
      const timer = this.#clock.after(SILENCE_MS, () => this.#lost(0));
      this.#pending.set(id, {resolve, timer, sent: this.#clock.now()});
      this.#send({...message, id});
    });
  }

  #connect() {
    this.#enter('connecting', {});
    const socket = this.#open();
    this.#socket = socket;
    // What a socket says after it was given up is no longer of interest.
    const current = (handle) => (event) => {
      if (this.#socket === socket) handle(event);
    };
    this.#timer = this.#clock.after(SILENCE_MS, () => this.#lost(0));
    socket.onopen = current(() => {
      const hello = {type: 'hello', token: this.#token};
      if (this.#after !== null) hello.after = this.#after;
      this.#send(hello);
    });
    socket.onmessage = current(({data}) => this.#receive(data));
    socket.onclose = current(({code}) => this.#lost(code));
  }

  #receive(text) {
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      // Whoever answers here is not the server.
      this.#lost(0);
      return;
    }
    this.#listener.onMessage(message, text.length);
    switch (message.type) {
      case 'welcome':
        this.#clock.cancel(this.#timer);
        this.#timer = null;
        // On resumption the events in between are still to come.
        this.#after ??= message.sequence;
        this.#welcomed = message.sequence;
        this.#liveSince = this.#clock.now();
        this.#enter('live', {});
        for (const standing of this.#standing.values()) this.#send(standing);
        break;
      case 'event':
        if (BigInt(message.event.sequence) <= BigInt(this.#after)) break;
        this.#after = String(message.event.sequence);
        this.#welcomed = null;
        this.#listener.onEvent(message.event);
        break;
      case 'resync':
        // What was to be resumed is not there, and may never have been: after a restore from an older
        // copy sequences begin again below those that were seen.
        if (this.#welcomed !== null) this.#after = this.#welcomed;
        this.#listener.onResync();
        break;
      default:
        if (message.id !== undefined) this.#answered(message);
    }
  }

  #answered(message) {
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    this.#clock.cancel(pending.timer);
    pending.resolve({answer: message, ms: this.#clock.now() - pending.sent});
  }

  #lost(code) {
    if (this.#state === 'live' && this.#clock.now() - this.#liveSince >= LASTING_MS) {
      this.#attempts = 0;
    }
    this.#abandon();
    if (code === CLOSED_NOT_AUTHENTICATED) {
      this.#enter('closed', {reason: 'not_authenticated'});
      return;
    }
    const least = code === CLOSED_TOO_FAST ? PATIENT_WAIT_MS : FIRST_WAIT_MS;
    const most = Math.min(LONGEST_WAIT_MS, least * 2 ** this.#attempts);
    // Half of it is chance, so that a restarted server does not see everybody at once.
    const ms = Math.round(most * (0.5 + 0.5 * this.#random()));
    this.#attempts++;
    this.#timer = this.#clock.after(ms, () => this.#connect());
    this.#enter('waiting', {ms});
  }

  #abandon() {
    if (this.#timer !== null) this.#clock.cancel(this.#timer);
    this.#timer = null;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    for (const {resolve, timer} of pending) {
      this.#clock.cancel(timer);
      resolve(null);
    }
  }

  #send(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #enter(state, details) {
    this.#state = state;
    this.#listener.onState(state, details);
  }
}
