// Where I am, whether I share it, and what I watch of my surroundings.

const FEED = 1;
const RADII_M = [500, 2_000, 5_000, 15_000];
const INTERVAL_MS = 1_000;
// How many are shown at most: the first of these that the server allows.
const LIMITS = [1_000, 200, 50];
// A position lives for a minute; saying it again more often shows how quick the answers are.
const HEARTBEAT_MS = 3_000;

export class Place {
  #connection;
  #listener;
  #position;
  #shared = true;
  #radius = 2_000;
  #timer = null;
  #limit = 0;

  // `listener` has onPlace() after changes, and onAnswer(answer, ms) to what is said regularly.
  constructor({connection, position, listener}) {
    this.#connection = connection;
    this.#position = position;
    this.#listener = listener;
  }

  static get intervalMs() {
    return INTERVAL_MS;
  }

  get position() {
    return this.#position;
  }

  get shared() {
    return this.#shared;
  }

  get radius() {
    return this.#radius;
  }

  set radius(radius) {
    if (!RADII_M.includes(radius)) throw new RangeError(`no such radius: ${radius}`);
    this.#radius = radius;
    this.#watch();
    this.#listener.onPlace();
  }

  // Begins to tell and to watch, now and after every loss of the connection.
  start() {
    this.#watch();
    if (this.#timer === null) this.#timer = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#beat();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  goTo(position) {
    this.#position = position;
    this.#watch();
    this.#listener.onPlace();
  }

  // From now on the others see me, or do not. What was shared before is to be taken back by the caller.
  share(shared) {
    this.#shared = shared;
    this.#watch();
    this.#listener.onPlace();
  }

  // The server has refused what was said, for a reason that begins with the field at fault. Says
  // whether something else is asked for now.
  refused(reason) {
    if (!reason.startsWith('limit:') || this.#limit + 1 >= LIMITS.length) return false;
    this.#limit++;
    this.#watch();
    return true;
  }

  #watch() {
    const {lat, lng} = this.#position;
    this.#connection.stand('position', this.#shared ? {type: 'move', lat, lng} : null);
    this.#connection.stand('watch', this.#watchMessage());
  }

  // Around me if I share, else around where I look.
  #watchMessage() {
    return {
      type: 'watch', feed: FEED, radius_m: this.#radius, limit: LIMITS[this.#limit],
      interval_ms: INTERVAL_MS, ...(this.#shared ? {} : this.#position),
    };
  }

  async #beat() {
    const {lat, lng} = this.#position;
    const message = this.#shared ? {type: 'move', lat, lng} : this.#watchMessage();
    const answered = await this.#connection.request(message);
    if (answered === null) return;
    this.#listener.onAnswer(answered.answer, answered.ms);
  }
}
