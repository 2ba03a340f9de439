// A point on the map that goes smoothly from where it is shown to where it is said to be.

import {project} from './mercator.js';

const FADE_MS = 400;

export class Motion {
  #from;
  #to;
  #begin;
  #duration = 0;
  #born;
  #gone = null;

  constructor(lat, lng, now) {
    this.#from = this.#to = project(lat, lng);
    this.#begin = this.#born = now;
  }

  // On its way to this position from now on, for `duration` ms, from where it is shown now: the short
  // way round, also across the antimeridian. A point that was leaving stays.
  moveTo(lat, lng, now, duration) {
    const from = this.at(now);
    const to = project(lat, lng);
    this.#to = {x: to.x - Math.round(to.x - from.x), y: to.y};
    this.#from = from;
    this.#begin = now;
    this.#duration = duration;
    this.#gone = null;
  }

  leave(now) {
    this.#gone ??= now;
  }

  // Where it is shown at `now`, in the projection's square or beside it.
  at(now) {
    const part = this.#part(now);
    return {
      x: this.#from.x + (this.#to.x - this.#from.x) * part,
      y: this.#from.y + (this.#to.y - this.#from.y) * part,
    };
  }

  // From 0 to 1: fades in, and out when it has left.
  opacity(now) {
    const shown = Math.min(1, (now - this.#born) / FADE_MS);
    return this.#gone === null ? shown : Math.max(0, shown - (now - this.#gone) / FADE_MS);
  }

  // Whether the picture changes after `now`.
  isAnimated(now) {
    return this.#gone !== null || now < this.#begin + this.#duration || now < this.#born + FADE_MS;
  }

  isOver(now) {
    return this.#gone !== null && now >= this.#gone + FADE_MS;
  }

  #part(now) {
    return this.#duration === 0 ? 1 : Math.min(1, (now - this.#begin) / this.#duration);
  }
}
