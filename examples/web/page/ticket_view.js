// Tickets: "find me people".

import {actionButton, attempt, attemptQuietly, newKey, tagsOf, toast} from './actions.js';
import {byId, el, replace} from './dom.js';
import {nextHour, toLocalInput} from './meetup_view.js';
import {Refresher} from './refresher.js';

const DAY_MS = 86_400_000;

export class TicketView {
  #app;
  #form = byId('ticket-form');
  #reload;

  constructor(app) {
    this.#app = app;
    this.#reload = new Refresher(() => attemptQuietly(async () => {
      this.#fill((await app.api.get('/tickets')).items);
    }), 500);
    byId('find-people').addEventListener('click', () => this.#openForm());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#create();
    });
  }

  // Reads mine anew.
  request() {
    this.#reload.request();
  }

  #fill(tickets) {
    const {translator, api} = this.#app;
    replace(byId('tickets'), ...(tickets.length === 0 ? [] : [
      el('h3', {}, translator.text('ticket.waiting')),
      el('ol', {class: 'list'}, ...tickets.map(({ticket, tags, from, until, least, most}) => el(
          'li', {},
          el('span', {class: 'grow'}, tags.join(', '),
             el('small', {}, `${translator.moment(from)} – ${translator.moment(until)} · ${least}–${most}`)),
          actionButton(translator.text('ticket.withdraw'), async () => {
            await api.delete(`/tickets/${ticket}`);
            this.request();
          }, {'data-key': `ticket-${ticket}`})))),
    ]));
  }

  #openForm() {
    const from = nextHour(Date.now());
    this.#form.reset();
    this.#form.elements.from.value = toLocalInput(from);
    this.#form.elements.to.value = toLocalInput(from + DAY_MS / 4);
    byId('ticket-error').textContent = '';
    byId('ticket-dialog').showModal();
  }

  async #create() {
    const {translator, api, place} = this.#app;
    const {elements} = this.#form;
    const worked = await attempt(() => api.post('/tickets', {
      location: place.position,
      radius_m: Math.round(Number(elements.radius.value) * 1_000),
      from: new Date(elements.from.value).getTime(),
      until: new Date(elements.to.value).getTime(),
      length_ms: Number(elements.minutes.value) * 60_000,
      tags: tagsOf(elements.tags.value),
      least: Number(elements.least.value),
      most: Number(elements.most.value),
    }, newKey()), byId('ticket-error'));
    if (!worked) return;
    byId('ticket-dialog').close();
    toast(translator.text('ticket.created'));
    this.request();
  }
}
