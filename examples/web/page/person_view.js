// The card of a person, and what can be done with them.

import {actionButton, attempt, toast} from './actions.js';
import {byId, el, replace} from './dom.js';
import {distanceMeters} from './mercator.js';

export class PersonView {
  #app;
  #dialog = byId('person');
  #shown = null;

  constructor(app) {
    this.#app = app;
    this.#dialog.addEventListener('close', () => {
      this.#shown = null;
    });
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
  }

  // One person, or the list of those who are in an area.
  async show(users) {
    if (users.length === 1) {
      await this.#showOne(users[0]);
      return;
    }
    const {translator, people} = this.#app;
    this.#shown = null;
    const list = el('ol', {class: 'list'});
    for (const user of users.slice(0, 50)) {
      const name = el('button', {class: 'link', type: 'button', onclick: () => this.#showOne(user)},
                      translator.text('around.someone', {user}));
      list.append(el('li', {}, name));
      people.learnName(user).then((nickname) => {
        if (nickname !== null) name.textContent = nickname;
      });
    }
    replace(this.#dialog, el('h2', {id: 'person-title'}, translator.text('around.area')), list,
            this.#closeButton());
    this.#open();
  }

  close() {
    this.#dialog.close();
  }

  // After a change in relations.
  async refresh() {
    if (this.#shown !== null) await this.#showOne(this.#shown);
  }

  async #showOne(user) {
    this.#shown = user;
    await attempt(async () => {
      const profile = await this.#app.people.profile(user);
      if (this.#shown !== user) return;
      this.#fill(profile);
      this.#open();
    });
  }

  #open() {
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  #closeButton() {
    return el('button', {type: 'button', class: 'quiet', 'data-key': 'close',
                         onclick: () => this.#dialog.close()},
              this.#app.translator.text('close'));
  }

  #fill(profile) {
    const {translator, surroundings, place} = this.#app;
    const text = (key, parameters) => translator.text(key, parameters);
    const neighbour = surroundings.get(profile.user);
    const tags = (profile.interests ?? []).map((tag) => el('span', {class: 'tag'}, tag));
    replace(
        this.#dialog,
        el('div', {class: 'row'},
           el('i', {class: `dot ${profile.relation}`}),
           el('h2', {id: 'person-title'}, profile.nickname),
           el('span', {class: 'state'}, text(`relation.${profile.relation}`))),
        profile.status === '' ? null : el('p', {class: 'prose'}, profile.status),
        tags.length === 0 ? null : el('div', {}, ...tags),
        el('p', {class: 'meta'},
           [neighbour === undefined ? null :
                `${neighbour.cloaked ? '≈ ' : ''}` +
                translator.distance(distanceMeters(place.position, neighbour)),
            text('person.active', {when: translator.moment(profile.last_active)}),
            profile.shared_meetups?.length ?
                text('person.shared', {count: profile.shared_meetups.length}) : null,
           ].filter((part) => part !== null).join(' · ')),
        el('div', {class: 'row'}, ...this.#actions(profile)),
        this.#closeButton());
  }

  #actions(profile) {
    if (profile.relation === 'self') return [];
    const {people, meetups, translator, reload} = this.#app;
    const {user, nickname: name} = profile;
    const text = (key, parameters) => translator.text(key, parameters);
    const act = (label, action, properties) => actionButton(text(label), async () => {
      await action();
      reload.people.request();
      await this.refresh();
    }, {'data-key': label, ...properties});

    const actions = [];
    if (profile.relation === 'friend') {
      actions.push(act('person.unfriend', () => people.endFriendship(user)));
    } else if (people.received.has(user)) {
      actions.push(act('person.accept_friend', () => people.requestFriend(user), {class: 'primary'}));
      actions.push(act('person.decline_friend', () => people.declineRequest(user)));
    } else if (people.sent.has(user)) {
      actions.push(act('person.withdraw_friend', () => people.withdrawRequest(user)));
    } else {
      actions.push(act('person.befriend', async () => {
        await people.requestFriend(user);
        toast(text('person.requested', {name}));
      }, {class: 'primary'}));
    }
    for (const meetup of meetups.mine.values()) {
      if (meetup.host !== people.me.user || !meetup.listed) continue;
      actions.push(actionButton(text('person.invite', {title: meetup.title}), async () => {
        await meetups.invite(meetup.meetup, user);
        toast(text('person.invited', {name}));
      }, {'data-key': `invite-${meetup.meetup}`}));
    }
    actions.push(act('person.block', async () => {
      // From now on there is nobody to be shown.
      this.#shown = null;
      this.#dialog.close();
      await people.block(user);
      toast(text('person.blocked', {name}));
    }, {class: 'danger'}));
    actions.push(actionButton(text('person.report'), async () => {
      const reason = prompt(text('person.report_reason', {name}));
      if (reason === null || reason.trim() === '') return;
      await people.report(user, reason);
      toast(text('person.reported'));
    }, {class: 'danger', 'data-key': 'report'}));
    return actions;
  }
}
