// Live figures: rates over the last seconds, and the latest times for an answer.

const WINDOW_MS = 5_000;
const BUCKET_MS = 250;
const LATENCIES = 20;

// How much a second, over the last WINDOW_MS, or since the beginning if that is shorter.
export class Rate {
  #buckets = [];
  #began = null;

  add(amount, now) {
    this.#began ??= now;
    const begin = Math.floor(now / BUCKET_MS) * BUCKET_MS;
    const latest = this.#buckets.at(-1);
    if (latest?.begin === begin) latest.amount += amount;
    else this.#buckets.push({begin, amount});
    this.#forget(now);
  }

  perSecond(now) {
    if (this.#began === null) return 0;
    this.#forget(now);
    const sum = this.#buckets.reduce((total, {amount}) => total + amount, 0);
    // What is kept begins with a whole bucket.
    const begin = (Math.floor((now - WINDOW_MS) / BUCKET_MS) + 1) * BUCKET_MS;
    return sum * 1_000 / Math.max(1_000, now - Math.max(begin, this.#began));
  }

  #forget(now) {
    while (this.#buckets.length > 0 && this.#buckets[0].begin <= now - WINDOW_MS) this.#buckets.shift();
  }
}

export class Figures {
  deltas = new Rate();
  bytes = new Rate();
  #latencies = [];

  // A message of the server: `bytes` long.
  count(message, bytes, now) {
    this.bytes.add(bytes, now);
    if (message.type === 'near') {
      const deltas = ['enter', 'move', 'leave'].reduce((n, part) => n + (message[part]?.length ?? 0), 0);
      this.deltas.add(deltas, now);
    }
  }

  addLatency(ms) {
    this.#latencies.push(ms);
    if (this.#latencies.length > LATENCIES) this.#latencies.shift();
  }

  // The median of the latest; null before the first.
  get latency() {
    if (this.#latencies.length === 0) return null;
    return [...this.#latencies].sort((a, b) => a - b)[this.#latencies.length >> 1];
  }
}

// How many are connected, by the server's metrics in the text format of Prometheus; null if these do
// not say.
export function streamClients(metrics) {
  const found = /^moyeo_stream_clients(?:\{[^}]*\})? (\d+)/m.exec(metrics);
  return found === null ? null : Number(found[1]);
}
