// The fence: a circle that I hear of when somebody comes in or goes.

import {attempt, attemptQuietly, toast} from './actions.js';
import {byId} from './dom.js';

// The server knows several by their names; the page has this one.
const PATH = '/fences/page';
const RADIUS_M = 200;

export class FenceView {
  #app;
  #box = byId('fence');

  constructor(app) {
    this.#app = app;
    this.#box.addEventListener('change', () => this.#change());
  }

  // Reads whether there is one: fences last as long as the server runs.
  async read() {
    await attemptQuietly(async () => {
      const {items} = await this.#app.api.get('/fences');
      this.#show(items.find(({name}) => PATH.endsWith(`/${name}`))?.circle ?? null);
    });
  }

  // A message of the stream.
  async tell({kind, user}) {
    const {people, text} = this.#app;
    if (kind !== 'enter' && kind !== 'exit') return;
    const name = await people.learnName(user);
    if (name !== null) toast(text(`fence.${kind}`, {name}));
  }

  async #change() {
    const {api, map} = this.#app;
    const wanted = this.#box.checked;
    const circle = {...map.center, radius_m: RADIUS_M};
    const worked = await attempt(() => wanted ? api.put(PATH, {circle}) : api.delete(PATH));
    this.#show(worked === wanted ? circle : null);
  }

  #show(circle) {
    this.#box.checked = circle !== null;
    this.#app.map.showFence(circle);
  }
}
