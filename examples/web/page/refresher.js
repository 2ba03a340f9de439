// Reads something anew when asked to, but never twice at once nor without pause, however often it is
// asked: what changes a thousand times a second is read once a second.

export class Refresher {
  #read;
  #pause;
  #clock;
  #running = false;
  #again = false;

  // `read()` is asynchronous and handles its own failures.
  constructor(read, pauseMs, clock = {after: (ms, callback) => setTimeout(callback, ms)}) {
    this.#read = read;
    this.#pause = pauseMs;
    this.#clock = clock;
  }

  // Sees to it that a reading begins after this call.
  request() {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    this.#again = false;
    this.#read().finally(() => {
      this.#clock.after(this.#pause, () => {
        this.#running = false;
        if (this.#again) this.request();
      });
    });
  }
}
