// A clock that goes on when it is told to.

export class FakeClock {
  #now = 0;
  #timers = new Map();
  #next = 1;

  now() {
    return this.#now;
  }

  after(ms, callback) {
    this.#timers.set(this.#next, {due: this.#now + ms, callback});
    return this.#next++;
  }

  cancel(timer) {
    this.#timers.delete(timer);
  }

  get timers() {
    return this.#timers.size;
  }

  advance(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.due <= end)
          .sort(([a, x], [b, y]) => x.due - y.due || a - b)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].due;
      due[1].callback();
    }
    this.#now = end;
  }
}
