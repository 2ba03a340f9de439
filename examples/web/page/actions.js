// What people do, with the word that it worked or why not.

import {ApiError} from './api.js';
import {byId, el} from './dom.js';

const SHOWN_MS = 4_500;
const MOST_TOASTS = 4;

export function toast(text, kind = '') {
  const toasts = byId('toasts');
  while (toasts.childElementCount >= MOST_TOASTS) toasts.firstElementChild.remove();
  const shown = el('p', {class: `toast ${kind}`}, text);
  toasts.append(shown);
  setTimeout(() => shown.remove(), SHOWN_MS);
}

// A key by which the server knows a command that is sent again.
export function newKey() {
  return String(crypto.getRandomValues(new BigUint64Array(1))[0]);
}

// Runs `action()`; a refusal is told in `place`, or else as a toast. Resolves to whether it worked.
// Whatever else goes wrong is a mistake of this page, and is thrown.
export async function attempt(action, place = null) {
  if (place !== null) place.textContent = '';
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (place !== null) place.textContent = error.message;
    else toast(error.message, 'error');
    return false;
  }
}

// Like attempt, for what the page reads by itself: without a network, or when somebody has just logged
// out, it says nothing, since that is shown anyway.
export async function attemptQuietly(action) {
  await attempt(async () => {
    try {
      await action();
    } catch (error) {
      if (!['network', 'logged_out'].includes(error.code)) throw error;
    }
  });
}

// A button for `action`, disabled while it runs.
export function actionButton(label, action, properties = {}) {
  const button = el('button', {
    type: 'button', ...properties, onclick: async () => {
      button.disabled = true;
      await attempt(action);
      button.disabled = false;
    },
  }, label);
  return button;
}

// Tags as people type them: separated by commas, each once.
export function tagsOf(text) {
  return [...new Set(text.split(/[,،、]/).map((tag) => tag.trim()).filter((tag) => tag !== ''))];
}
