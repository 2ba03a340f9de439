// The server's HTTP interface.

// A refusal: `code` is stable, `message` is for people, in their language.
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

// What is for everybody; all else is for those who are logged in.
const OPEN = ['/accounts', '/sessions', '/guests'];

// The title is in the reader's language. What else there is to say is in English, and told only where it
// names what is wrong with what was typed.
function sentenceOf(answer, {status, statusText}) {
  const title = answer?.title ?? statusText;
  return status === 400 && answer?.detail ? `${title} (${answer.detail})` : title;
}

// What a list is read to at most: pages of the server's greatest size.
const PAGE_SIZE = 100;

export class Api {
  #fetch;
  #token = null;
  #language = 'en';
  #describe;

  // `describe(code)` gives a sentence for what the server did not say itself: 'network', 'logged_out'.
  constructor({describe, fetch = (...request) => globalThis.fetch(...request)}) {
    this.#describe = describe;
    this.#fetch = fetch;
  }

  set token(token) {
    this.#token = token;
  }

  set language(language) {
    this.#language = language;
  }

  get(path, query) {
    return this.#ask('GET', path, {query});
  }

  // A command that is sent again after a lost answer is still carried out once: its key says that it
  // is the same.
  post(path, body, key) {
    return this.#ask('POST', path, {body, key});
  }

  put(path, body) {
    return this.#ask('PUT', path, {body});
  }

  patch(path, body) {
    return this.#ask('PATCH', path, {body});
  }

  delete(path, query) {
    return this.#ask('DELETE', path, {query});
  }

  // The first `limit` of a list in pages.
  async list(path, limit, query = {}) {
    const items = [];
    let cursor = '';
    do {
      const page = await this.get(path, {...query, size: PAGE_SIZE, ...(cursor && {cursor})});
      items.push(...page.items);
      cursor = page.next;
    } while (cursor !== '' && items.length < limit);
    return items.slice(0, limit);
  }

  async #ask(method, path, {query = {}, body, key}) {
    // What was still to be read when somebody logged out.
    if (this.#token === null && !OPEN.includes(path)) {
      throw new ApiError(401, 'logged_out', this.#describe('logged_out'));
    }
    const search = new URLSearchParams(query).toString();
    const headers = {'Accept-Language': this.#language};
    if (this.#token !== null) headers.Authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (key !== undefined) headers['Idempotency-Key'] = key;
    let response;
    try {
      response = await this.#fetch(`/v1${path}${search && `?${search}`}`, {
        method, headers, body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw new ApiError(0, 'network', this.#describe('network'));
    }
    const text = await response.text();
    let answer = null;
    try {
      if (text !== '') answer = JSON.parse(text);
    } catch {
      throw new ApiError(response.status, 'not_json', this.#describe('network'));
    }
    if (response.ok) return answer;
    throw new ApiError(response.status, answer?.code ?? 'unknown', sentenceOf(answer, response));
  }
}
