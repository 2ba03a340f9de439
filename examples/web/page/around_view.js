// The panel of who is around: radius, my position, and the nearest, for those who do not use the map.

import {attempt, toast} from './actions.js';
import {byId, el, replace} from './dom.js';

const SHOWN = 30;

export class AroundView {
  #app;

  constructor(app) {
    this.#app = app;
    const {place, map, api} = app;
    byId('radius').addEventListener('change', ({target}) => {
      place.radius = Number(target.value);
      map.showAround(place.position, place.radius);
    });
    byId('share').checked = place.shared;
    byId('share').addEventListener('change', async ({target}) => {
      place.share(target.checked);
      // Else they would see me for a minute more.
      if (!target.checked) await attempt(() => api.delete('/me/position'));
    });
    byId('place-here').addEventListener('click', () => place.goTo(map.center));
    byId('geolocate').addEventListener('click', () => this.#locate());
  }

  refresh() {
    const {translator, surroundings, people, place} = this.#app;
    byId('nearest-title').textContent =
        translator.text('around.nearest', {count: translator.number(surroundings.size)});
    const nearest = surroundings.nearest(SHOWN, place.position);
    const rows = nearest.map((neighbour) => this.#row(neighbour));
    if (rows.length === 0) {
      rows.push(el('li', {class: 'empty'}, translator.text('around.nobody')));
    }
    replace(byId('nearest'), ...rows);
    for (const {user} of nearest) {
      if (people.nameOf(user) === undefined) {
        // The next refresh shows it.
        people.learnName(user);
      }
    }
  }

  #row({user, distance, cloaked}) {
    const {translator, people, personView} = this.#app;
    const relation = people.relationOf(user);
    const name = people.nameOf(user) ?? translator.text('around.someone', {user});
    return el(
        'li', {},
        el('i', {class: `dot ${relation}`, title: translator.text(`relation.${relation}`)}),
        el('span', {class: 'grow'},
           el('button', {class: 'link', type: 'button', 'data-key': `near-${user}`,
                         onclick: () => personView.show([user])}, name)),
        el('span', {class: 'number'}, `${cloaked ? '≈ ' : ''}${translator.distance(distance)}`));
  }

  #locate() {
    const {place, map, translator} = this.#app;
    const unknown = () => toast(translator.text('around.no_position'), 'error');
    if (!('geolocation' in navigator)) {
      unknown();
      return;
    }
    navigator.geolocation.getCurrentPosition(({coords}) => {
      place.goTo({lat: coords.latitude, lng: coords.longitude});
      map.showAround(place.position, place.radius);
    }, unknown, {enableHighAccuracy: true, timeout: 10_000});
  }
}
