// The door: as a guest, by logging in or signing up.

import {attempt} from './actions.js';
import {byId} from './dom.js';

export class WelcomeView {
  #session;
  #translator;
  #onSession;
  #dialog = byId('welcome');
  #within = false;

  constructor({session, translator, onSession, onLanguage}) {
    this.#session = session;
    this.#translator = translator;
    this.#onSession = onSession;
    byId('guest-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#enter(() => session.guest(byId('guest-nickname').value.trim()));
    });
    byId('account-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const name = byId('account-name').value.trim();
      const password = byId('account-password').value;
      const nickname = byId('account-nickname').value.trim() || name;
      this.#enter(() => event.submitter.value === 'sign-up' ?
          session.signUp(name, password, nickname) : session.logIn(name, password));
    });
    byId('welcome-language').addEventListener('click', () =>
      onLanguage(translator.language === 'ko' ? 'en' : 'ko'));
    // There is nothing behind it without a name.
    this.#dialog.addEventListener('close', () => {
      if (!this.#within) this.#dialog.showModal();
    });
    this.#dialog.addEventListener('cancel', (event) => event.preventDefault());
  }

  show(reason) {
    this.#within = false;
    byId('welcome-error').textContent = reason;
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  translate() {
    byId('welcome-language').textContent = this.#translator.text('language.other');
  }

  async #enter(begin) {
    let begun;
    if (!await attempt(async () => { begun = await begin(); }, byId('welcome-error'))) return;
    byId('account-password').value = '';
    this.#within = true;
    this.#dialog.close();
    await this.#onSession(begun);
  }
}
