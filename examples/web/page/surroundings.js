// Who is around: the answers of a feed, replayed.

import {distanceMeters} from './mercator.js';

// Of a neighbour as the server sends one: [user, lat, lng, distance in metres, 1 if cloaked]. The
// distance is left out: it is another when I move, and that alone the server does not tell.
function toNeighbour([user, lat, lng, , cloaked]) {
  return {user, lat, lng, cloaked: cloaked === 1};
}

export class Surroundings {
  #people = new Map();

  get size() {
    return this.#people.size;
  }

  get(user) {
    return this.#people.get(user);
  }

  // Replays a "near" message and returns what changed: {enter: [neighbour], move: [neighbour],
  // leave: [user]}. A reset is a whole snapshot, of which only the difference is told.
  apply(near) {
    const changes = {enter: [], move: [], leave: []};
    const entering = (near.enter ?? []).map(toNeighbour);
    if (near.reset === true) {
      const stay = new Set(entering.map(({user}) => user));
      for (const user of [...this.#people.keys()]) {
        if (!stay.has(user)) this.#leave(user, changes);
      }
    }
    for (const user of near.leave ?? []) this.#leave(user, changes);
    for (const neighbour of entering) this.#show(neighbour, changes);
    for (const neighbour of (near.move ?? []).map(toNeighbour)) this.#show(neighbour, changes);
    return changes;
  }

  // The `limit` nearest to a point, nearest first, ties by id, each with `distance` in metres.
  nearest(limit, point) {
    return [...this.#people.values()]
        .map((neighbour) => ({...neighbour, distance: distanceMeters(point, neighbour)}))
        .sort((a, b) => a.distance - b.distance || (BigInt(a.user) < BigInt(b.user) ? -1 : 1))
        .slice(0, limit);
  }

  [Symbol.iterator]() {
    return this.#people.values();
  }

  #show(neighbour, changes) {
    const known = this.#people.has(neighbour.user);
    this.#people.set(neighbour.user, neighbour);
    (known ? changes.move : changes.enter).push(neighbour);
  }

  #leave(user, changes) {
    if (this.#people.delete(user)) changes.leave.push(user);
  }
}
