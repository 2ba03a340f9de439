// The panel of chats: my rooms, and one of them.

import {actionButton, attempt, newKey} from './actions.js';
import {byId, el, replace} from './dom.js';

export class ChatView {
  #app;
  #shown = null;
  #log = null;
  // Of the room on the screen: its meetup and language.
  #made = '';

  constructor(app) {
    this.#app = app;
    document.addEventListener('visibilitychange', () => this.#seen());
  }

  // Opens the room of `meetup`.
  async show(meetup) {
    this.#app.tabs.show('chat');
    this.#shown = meetup;
    await this.#open();
  }

  // The panel was chosen.
  async shown() {
    if (this.#shown !== null) await this.#open();
  }

  refreshRooms() {
    const {translator, chat, meetups} = this.#app;
    const unread = chat.unread;
    const badge = byId('unread-badge');
    badge.hidden = unread === 0;
    badge.textContent = translator.short(unread);
    if (this.#shown !== null && chat.room(this.#shown) === undefined) this.back();

    const rows = [...meetups.mine.values()].filter(({meetup}) => chat.room(meetup) !== undefined)
        .map((meetup) => this.#row(meetup, chat.room(meetup.meetup)));
    if (rows.length === 0) rows.push(el('li', {class: 'empty'}, translator.text('chat.none')));
    replace(byId('rooms'), ...rows);
  }

  // Something has happened in the room of `meetup`.
  refreshRoom(meetup) {
    if (meetup === this.#shown && this.#log !== null && this.#app.chat.room(meetup) !== undefined) {
      this.#fillLog();
      this.#seen();
    }
    this.refreshRooms();
  }

  // Messages may have been missed, or the language is another: what is shown is made anew.
  async renew() {
    this.refreshRooms();
    if (this.#shown !== null) await this.#open();
  }

  back() {
    this.#shown = null;
    this.#log = null;
    byId('room').hidden = true;
    byId('rooms').hidden = false;
  }

  #row(meetup, room) {
    const {translator} = this.#app;
    return el(
        'li', {},
        el('span', {class: 'grow'},
           el('button', {class: 'link', type: 'button', 'data-key': `room-${meetup.meetup}`,
                         onclick: () => this.show(meetup.meetup)}, meetup.title),
           el('small', {}, room.messages.at(-1)?.text ?? translator.moment(meetup.start))),
        room.unread === 0 ? null :
            el('b', {class: 'badge', 'aria-label': translator.text('chat.unread', {count: room.unread})},
               translator.short(room.unread)));
  }

  async #open() {
    const {translator, chat, meetups, meetupView} = this.#app;
    const meetup = this.#shown;
    if (!await attempt(() => chat.open(meetup))) return;
    const room = chat.room(meetup);
    if (this.#shown !== meetup || room === undefined) return;

    // Whoever is writing is not to lose it.
    const made = `${translator.language} ${meetup}`;
    if (this.#log !== null && this.#made === made) {
      this.#fillLog();
      this.#seen();
      return;
    }
    this.#made = made;
    const input = el('input', {
      'aria-label': translator.text('chat.write'), placeholder: translator.text('chat.write'),
      maxlength: 2000, required: true, autocomplete: 'off', 'data-key': 'compose', id: 'compose',
    });
    this.#log = el('div', {class: 'messages', role: 'log', tabindex: 0, id: 'messages',
                           'aria-label': translator.text('chat.messages')});
    replace(
        byId('room'),
        el('div', {class: 'stack'},
           el('div', {class: 'row'},
              el('button', {type: 'button', class: 'quiet', 'data-key': 'back',
                            onclick: () => this.back()}, `‹ ${translator.text('back')}`),
              el('button', {type: 'button', class: 'link', 'data-key': 'title',
                            onclick: () => meetupView.show(meetup)},
                 meetups.mine.get(meetup)?.title ?? '')),
           this.#log,
           el('form', {class: 'composer', onsubmit: (event) => {
             event.preventDefault();
             this.#post(meetup, input);
           }}, input, el('button', {class: 'primary'}, translator.text('chat.send')))));
    byId('room').hidden = false;
    byId('rooms').hidden = true;
    this.#fillLog();
    this.#seen();
  }

  async #post(meetup, input) {
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    // What was not sent is given back.
    if (!await attempt(() => this.#app.chat.post(meetup, text, newKey()))) input.value = text;
  }

  #fillLog() {
    const {translator, chat} = this.#app;
    const meetup = this.#shown;
    const room = chat.room(meetup);
    const log = this.#log;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const older = room.older === '' || room.older === null ? null :
        actionButton(translator.text('chat.older'), async () => {
          const before = log.scrollHeight;
          await chat.readOlder(meetup);
          this.#fillLog();
          log.scrollTop = log.scrollHeight - before;
        }, {class: 'quiet', 'data-key': 'older'});
    replace(log, older, ...room.messages.map((message) => this.#message(meetup, message)));
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  #message(meetup, {number, author, time, text, deleted}) {
    const {translator, people, chat} = this.#app;
    const mine = author === people.me.user;
    const known = people.nameOf(author);
    const name = el('span', {}, mine ? translator.text('chat.you') :
        known ?? translator.text('around.someone', {user: author}));
    if (!mine && known === undefined) {
      people.learnName(author).then((nickname) => {
        if (nickname !== null) name.textContent = nickname;
      });
    }
    return el(
        'div', {class: `message ${mine ? 'mine' : ''} ${deleted ? 'deleted' : ''}`},
        mine && !deleted ? actionButton('×', () => chat.remove(meetup, number), {
          class: 'quiet remove', 'data-key': `remove-${number}`,
          'aria-label': translator.text('chat.delete'),
        }) : null,
        el('span', {class: 'meta'}, name, ` · ${translator.time(time)}`),
        el('p', {}, deleted ? translator.text('chat.deleted') : text));
  }

  // Messages count as read when they are on the screen.
  #seen() {
    const {tabs, chat} = this.#app;
    if (this.#shown === null || document.hidden || tabs.shown !== 'chat') return;
    attempt(async () => {
      await chat.markRead(this.#shown);
    }).then(() => this.refreshRooms());
  }
}
