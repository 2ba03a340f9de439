// Who I am: a token and until when it is good. Accounts are kept by the browser, guests by the tab, so
// that two tabs are two guests.

const KEY = 'moyeo.session';

export class Session {
  #api;
  #tab;
  #browser;
  #now;

  constructor(api, {tab = globalThis.sessionStorage, browser = globalThis.localStorage,
                    now = () => Date.now()} = {}) {
    this.#api = api;
    this.#tab = tab;
    this.#browser = browser;
    this.#now = now;
  }

  // {user, token, expires} of before, if still good; else null.
  restore() {
    const kept = this.#read(this.#tab) ?? this.#read(this.#browser);
    if (kept !== null) this.#api.token = kept.token;
    return kept;
  }

  guest(nickname) {
    return this.#begin('/guests', {nickname}, this.#tab);
  }

  logIn(name, password) {
    return this.#begin('/sessions', {name, password}, this.#browser);
  }

  signUp(name, password, nickname) {
    return this.#begin('/accounts', {name, password, nickname}, this.#browser);
  }

  end() {
    this.#tab.removeItem(KEY);
    this.#browser.removeItem(KEY);
    this.#api.token = null;
  }

  #read(storage) {
    let kept;
    try {
      kept = JSON.parse(storage.getItem(KEY));
    } catch {
      // Not by this page, or by another version of it.
      return null;
    }
    const good = kept !== null && typeof kept.token === 'string' && kept.expires > this.#now();
    return good ? kept : null;
  }

  async #begin(path, body, storage) {
    this.#api.token = null;
    const session = await this.#api.post(path, body);
    this.#api.token = session.token;
    storage.setItem(KEY, JSON.stringify(session));
    return session;
  }
}
