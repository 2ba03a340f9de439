// The panel of myself: profile, visibility, and the people whom I have to do with.

import {actionButton, attempt, tagsOf, toast} from './actions.js';
import {byId, el, replace} from './dom.js';

export class MeView {
  #app;
  #found = null;

  constructor(app) {
    this.#app = app;
    const {api, people, translator} = app;
    byId('visibility').addEventListener('change', ({target}) => attempt(async () => {
      await api.put('/me/visibility', {visibility: target.value});
      await people.readMe();
    }).then(() => this.refresh()));
    byId('people-search').addEventListener('submit', (event) => {
      event.preventDefault();
      const text = byId('people-text').value.trim();
      attempt(async () => {
        this.#found = text === '' ? null : await people.search(text);
        this.refreshLists();
        if (this.#found?.length === 0) toast(translator.text('people.none'));
      });
    });
  }

  refresh() {
    const {people, translator, api} = this.#app;
    const {me} = people;
    for (const input of byId('visibility').querySelectorAll('input')) {
      input.checked = input.value === me.visibility;
    }
    byId('visibility-hint').textContent = translator.text(`visibility.${me.visibility}.hint`);

    const nickname = el('input', {required: true, maxlength: 20, value: me.nickname});
    const status = el('input', {maxlength: 255, value: me.status});
    const interests = el('input', {maxlength: 900, value: (me.interests ?? []).join(', ')});
    const labelled = (key, input) => el('label', {}, el('span', {}, translator.text(key)), input);
    replace(byId('my-profile'), el(
        'form', {class: 'stack', onsubmit: (event) => {
          event.preventDefault();
          attempt(async () => {
            await api.patch('/me', {
              nickname: nickname.value, status: status.value, interests: tagsOf(interests.value),
            });
            await people.readMe();
            toast(translator.text('me.saved'));
          });
        }},
        labelled('me.nickname', nickname), labelled('me.status', status),
        labelled('me.interests', interests),
        el('div', {class: 'row end'}, el('button', {}, translator.text('me.save')))));
    this.refreshLists();
  }

  refreshLists() {
    const {people, translator} = this.#app;
    const badge = byId('request-badge');
    badge.hidden = people.received.size === 0;
    badge.textContent = translator.number(people.received.size);
    replace(
        byId('people-lists'),
        ...this.#list('people.found', this.#found ?? []),
        ...this.#list('people.received', [...people.received.values()]),
        ...this.#list('people.friends', [...people.friends.values()]),
        ...this.#list('people.sent', [...people.sent.values()]),
        ...this.#list('people.blocked', [...people.blocks.values()]));
  }

  #list(title, summaries) {
    if (summaries.length === 0) return [];
    const {translator, personView, people, reload} = this.#app;
    return [
      el('h3', {}, translator.text(title)),
      el('ol', {class: 'list'}, ...summaries.map(({user, nickname, status}) => el(
          'li', {},
          el('i', {class: `dot ${people.relationOf(user)}`}),
          el('span', {class: 'grow'},
             // Who is blocked has no card: the two do not see each other.
             title === 'people.blocked' ? nickname :
                 el('button', {class: 'link', type: 'button', 'data-key': `${title}-${user}`,
                               onclick: () => personView.show([user])}, nickname),
             el('small', {}, status)),
          title !== 'people.blocked' ? null :
              actionButton(translator.text('person.unblock'), async () => {
                await people.unblock(user);
                reload.people.request();
              }, {'data-key': `unblock-${user}`})))),
    ];
  }
}
