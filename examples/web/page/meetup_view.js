// The panel of meetups: the list, one of them, and the form for a new one.

import {actionButton, attempt, newKey, tagsOf, toast} from './actions.js';
import {byId, el, replace} from './dom.js';

const HOUR_MS = 3_600_000;

// A time as <input type="datetime-local"> has it: of the reader's clock.
export function toLocalInput(ms) {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}

// The next full hour.
export function nextHour(now) {
  return Math.ceil((now + 60_000) / HOUR_MS) * HOUR_MS;
}

export class MeetupView {
  #app;
  #shown = null;
  #form = byId('meetup-form');

  constructor(app) {
    this.#app = app;
    byId('new-meetup').addEventListener('click', () => this.#openForm());
    const filter = byId('meetup-filter');
    filter.addEventListener('input', () => app.refreshMeetups());
    filter.addEventListener('submit', (event) => event.preventDefault());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#create();
    });
  }

  get filter() {
    return {
      text: byId('filter-text').value, day: byId('filter-day').value, free: byId('filter-free').checked,
    };
  }

  // 'mine', 'invited' or 'open'.
  stateOf(meetup) {
    const {meetups} = this.#app;
    if (meetups.isMine(meetup.meetup)) return 'mine';
    return meetups.invitations.has(meetup.meetup) ? 'invited' : 'open';
  }

  refreshList(list) {
    const {translator, meetups} = this.#app;
    const invitations = [...meetups.invitations.values()];
    replace(byId('invitations'), ...(invitations.length === 0 ? [] : [
      el('h3', {}, translator.text('meetup.invitations')),
      el('ol', {class: 'list'}, ...invitations.map((meetup) => this.#invitation(meetup))),
    ]));
    const badge = byId('invitation-badge');
    badge.hidden = invitations.length === 0;
    badge.textContent = translator.number(invitations.length);
    const rows = list.slice(0, 100).map((meetup) => this.#row(meetup));
    if (rows.length === 0) rows.push(el('li', {class: 'empty'}, translator.text('meetup.none')));
    replace(byId('meetup-list'), ...rows);
  }

  async show(meetup) {
    this.#app.tabs.show('meetups');
    this.#shown = meetup;
    await this.refreshShown();
  }

  // After a change of `meetup`, or of any.
  async refreshShown(meetup = this.#shown) {
    if (this.#shown === null || meetup !== this.#shown) return;
    const {meetups} = this.#app;
    const worked = await attempt(async () => {
      const [view, members] = await Promise.all([meetups.view(meetup), meetups.members(meetup)]);
      if (this.#shown === meetup) this.#fill(view, members);
    });
    if (!worked && this.#shown === meetup) this.back();
  }

  back() {
    this.#shown = null;
    byId('meetup-view').hidden = true;
    byId('meetup-list-view').hidden = false;
  }

  #row(meetup) {
    const {translator} = this.#app;
    const state = this.stateOf(meetup);
    return el(
        'li', {},
        el('span', {class: 'grow'},
           el('button', {class: 'link', type: 'button', 'data-key': `meetup-${meetup.meetup}`,
                         onclick: () => this.show(meetup.meetup)}, meetup.title),
           el('small', {}, [translator.moment(meetup.start), meetup.place_name]
               .filter((part) => part !== '').join(' · '))),
        state === 'open' ? null : el('span', {class: 'state'}, translator.text(`meetup.state.${state}`)),
        el('span', {class: 'number'}, `${meetup.members}/${meetup.capacity}`));
  }

  #invitation(meetup) {
    const {translator, meetups} = this.#app;
    const id = meetup.meetup;
    return el(
        'li', {},
        el('span', {class: 'grow'},
           el('button', {class: 'link', type: 'button', 'data-key': `invitation-${id}`,
                         onclick: () => this.show(id)}, meetup.title)),
        actionButton(translator.text('meetup.accept'), () => this.#act(() => meetups.accept(id)),
                     {class: 'primary', 'data-key': `accept-${id}`}),
        actionButton(translator.text('meetup.decline'), () => this.#act(() => meetups.decline(id)),
                     {'data-key': `decline-${id}`}));
  }

  async #act(action) {
    await action();
    this.#app.reload.mine.request();
    this.#app.reload.around.request();
    await this.refreshShown();
  }

  #fill(view, members) {
    const {translator, meetups, map, chatView, personView} = this.#app;
    const text = (key, parameters) => translator.text(key, parameters);
    const {summary} = view;
    const id = summary.meetup;
    const act = (label, action, properties = {}) =>
      actionButton(text(label), () => this.#act(action), {'data-key': label, ...properties});

    const open = !summary.cancelled && !view.ended;
    const actions = [];
    if (view.is_member) {
      actions.push(el('button', {type: 'button', class: 'primary', 'data-key': 'chat',
                                 onclick: () => chatView.show(id)}, text('meetup.chat')));
    }
    if (view.is_invited && !view.is_member) {
      actions.push(act('meetup.accept', () => meetups.accept(id), {class: 'primary'}));
      actions.push(act('meetup.decline', () => meetups.decline(id)));
    } else if (!view.is_member && summary.listed && !view.was_kicked) {
      actions.push(act('meetup.join', async () => {
        await meetups.join(id);
        toast(text('meetup.joined'));
      }, {class: 'primary'}));
    }
    if (view.is_member && open && !summary.confirmed) {
      actions.push(view.has_confirmed ?
          act('meetup.unconfirm', () => meetups.withdrawConfirmation(id)) :
          act('meetup.confirm', () => meetups.confirm(id)));
      if (!view.is_host) actions.push(act('meetup.leave', () => meetups.leave(id)));
    }
    if (view.is_host && open) {
      actions.push(act('meetup.cancel', async () => {
        if (confirm(text('meetup.really_cancel'))) await meetups.cancel(id);
      }, {class: 'danger'}));
    }

    const states = ['confirmed', 'cancelled'].filter((state) => summary[state]);
    if (view.ended) states.push('ended');
    else if (view.started) states.push('started');
    replace(
        byId('meetup-view'),
        el('div', {class: 'stack'},
           el('div', {class: 'row'},
              el('button', {type: 'button', class: 'quiet', 'data-key': 'back',
                            onclick: () => this.back()}, `‹ ${text('back')}`),
              ...states.map((state) => el('span', {class: 'state'}, text(`meetup.state.${state}`)))),
           el('h2', {}, summary.title),
           el('p', {class: 'meta'}, [
             `${translator.moment(summary.start)} – ${translator.time(summary.end)}`,
             summary.place_name,
             text('meetup.seats', {members: summary.members, capacity: summary.capacity}),
           ].filter((part) => part !== '').join(' · ')),
           view.content === '' ? null : el('p', {class: 'prose'}, view.content),
           view.bring === '' ? null :
               el('p', {class: 'meta prose'}, `${text('meetup.bring')}: ${view.bring}`),
           summary.tags.length === 0 ? null :
               el('div', {}, ...summary.tags.map((tag) => el('span', {class: 'tag'}, tag))),
           el('div', {class: 'row'}, ...actions, summary.location === undefined ? null :
               el('button', {type: 'button', 'data-key': 'where',
                             onclick: () => map.goTo(summary.location, Math.max(15, map.zoom))},
                  text('meetup.where'))),
           el('h3', {}, text('meetup.members')),
           el('ol', {class: 'list', id: 'members'}, ...members.map((member) =>
             this.#member(member, view, open, personView)))));
    byId('meetup-view').hidden = false;
    byId('meetup-list-view').hidden = true;
  }

  #member({user, nickname, host, confirmed}, view, open, personView) {
    const {translator, meetups, people} = this.#app;
    const text = (key, parameters) => translator.text(key, parameters);
    const id = view.summary.meetup;
    const mayKick = view.is_host && open && !view.summary.confirmed && user !== people.me.user;
    return el(
        'li', {},
        el('span', {class: 'grow'},
           el('button', {class: 'link', type: 'button', 'data-key': `member-${user}`,
                         onclick: () => personView.show([user])}, nickname),
           el('small', {}, [host ? text('meetup.host') : null,
                            confirmed ? text('meetup.has_confirmed') : null]
               .filter((part) => part !== null).join(' · '))),
        mayKick ? actionButton(text('meetup.kick'), () => this.#act(() => meetups.kick(id, user)), {
          class: 'danger', 'data-key': `kick-${user}`,
          'aria-label': text('meetup.kick_name', {name: nickname}),
        }) : null,
        mayKick ? actionButton(text('meetup.transfer'), () => this.#act(() => meetups.transfer(id, user)), {
          'data-key': `transfer-${user}`, 'aria-label': text('meetup.transfer_name', {name: nickname}),
        }) : null);
  }

  #openForm() {
    const start = nextHour(Date.now());
    this.#form.reset();
    this.#form.elements.start.value = toLocalInput(start);
    this.#form.elements.end.value = toLocalInput(start + 2 * HOUR_MS);
    byId('meetup-error').textContent = '';
    byId('meetup-dialog').showModal();
  }

  async #create() {
    const {translator, meetups, place, map, reload} = this.#app;
    const {elements} = this.#form;
    const start = new Date(elements.start.value).getTime();
    const end = new Date(elements.end.value).getTime();
    const error = byId('meetup-error');
    if (!(end > start)) {
      error.textContent = translator.text('meetup.past_end');
      return;
    }
    const {lat, lng} = elements.where.value === 'center' ? map.center : place.position;
    const fields = {
      title: elements.title.value, content: elements.content.value,
      place_name: elements.place_name.value, start, end, capacity: Number(elements.capacity.value),
      tags: tagsOf(elements.tags.value), bring: elements.bring.value,
      ...(elements.where.value === 'none' ? {} : {location: {lat, lng}}),
    };
    let created;
    const worked = await attempt(async () => {
      created = await meetups.create(fields, newKey());
    }, error);
    if (!worked) return;
    byId('meetup-dialog').close();
    toast(translator.text('meetup.created', {title: fields.title}));
    reload.mine.request();
    reload.around.request();
    await this.show(created.meetup);
  }
}
