// English and Korean.

import {TEXTS} from './texts.js';

export const LANGUAGES = Object.keys(TEXTS);

// The first of the reader's languages that there is, else English.
export function preferredLanguage(languages) {
  const known = languages.map((language) => language.toLowerCase().split('-')[0])
      .find((language) => LANGUAGES.includes(language));
  return known ?? 'en';
}

export class Translator {
  #language;

  constructor(language) {
    this.#language = language;
  }

  get language() {
    return this.#language;
  }

  set language(language) {
    this.#language = language;
  }

  // The text called `key`, with {name} replaced by parameters.name.
  text(key, parameters = {}) {
    const text = TEXTS[this.#language][key];
    if (text === undefined) throw new Error(`there is no text "${key}" in ${this.#language}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => String(parameters[name]));
  }

  number(value, options = {}) {
    return new Intl.NumberFormat(this.#language, options).format(value);
  }

  // 1,200 as 1.2K.
  short(value) {
    return this.number(value, {notation: 'compact', maximumFractionDigits: 1});
  }

  distance(meters) {
    return meters < 1_000 ? `${this.number(Math.round(meters))} m` :
                            `${this.number(meters / 1_000, {maximumFractionDigits: 1})} km`;
  }

  bytes(value) {
    return value < 1_024 ? `${this.number(Math.round(value))} B` :
                           `${this.number(value / 1_024, {maximumFractionDigits: 1})} KiB`;
  }

  time(ms) {
    return new Intl.DateTimeFormat(this.#language, {hour: 'numeric', minute: '2-digit'}).format(ms);
  }

  moment(ms) {
    return new Intl.DateTimeFormat(this.#language, {
      weekday: 'short', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit',
    }).format(ms);
  }

  // Fills in what the page's HTML leaves to the language.
  translate(root) {
    root.documentElement.lang = this.#language;
    for (const element of root.querySelectorAll('[data-t]')) {
      element.textContent = this.text(element.dataset.t);
    }
    for (const element of root.querySelectorAll('[data-t-label]')) {
      element.setAttribute('aria-label', this.text(element.dataset.tLabel));
    }
    for (const element of root.querySelectorAll('[data-t-placeholder]')) {
      element.placeholder = this.text(element.dataset.tPlaceholder);
    }
  }
}
