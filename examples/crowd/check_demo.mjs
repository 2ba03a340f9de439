#!/usr/bin/env node
// What scripts/demo --check looks at.
//
//   node check_demo.mjs page URL          the page, and all that it and its modules name
//   node check_demo.mjs summary FILE      what moyeo_crowd --out has written
//
// Fails, saying what is wrong, unless all is as it should be.

import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';

// What a page asks for by itself, and what a module does.
const IN_PAGE = /<(?:script|link|img)\b[^>]*?\b(?:src|href)="([^"]+)"/g;
const IN_MODULE = /(?:^|[\s;])(?:import|export)\s*(?:[\w*{][^'";]*?\sfrom\s*)?['"]([^'"]+)['"]/g;

function named(text, pattern, base) {
  return [...text.matchAll(pattern)]
      .map(([, address]) => address)
      .filter((address) => !address.startsWith('data:'))
      .map((address) => new URL(address, base));
}

async function checkPage(address) {
  const page = new URL(address);
  const seen = new Set();
  let modules = 0;
  const waiting = [page];
  while (waiting.length > 0) {
    const url = waiting.pop();
    url.hash = '';
    if (seen.has(url.href)) continue;
    seen.add(url.href);
    assert.equal(url.origin, page.origin, `${url} is on another host`);
    const response = await fetch(url);
    assert.equal(response.status, 200, `${url} answers ${response.status}`);
    const type = response.headers.get('content-type') ?? '';
    const text = await response.text();
    if (type.startsWith('text/html')) {
      waiting.push(...named(text, IN_PAGE, url));
    } else if (url.pathname.endsWith('.js')) {
      assert(type.startsWith('text/javascript'), `${url} is ${type}, which is no module`);
      ++modules;
      waiting.push(...named(text, IN_MODULE, url));
    }
  }
  assert(modules > 0, `${page} has no modules`);
  console.log(`${page}: the page, ${modules} modules and ${seen.size - modules - 1} other files`);
}

function checkSummary(file) {
  const summary = JSON.parse(readFileSync(file, 'utf8'));
  const more = (field) =>
    assert(summary[field] > 0, `${field} is ${summary[field]}, and should be more`);
  assert.equal(summary.connected, summary.users, 'not everybody is connected');
  assert.equal(summary.errors, 0, 'there were errors');
  assert.equal(summary.unknown, 0, 'somebody was shown where they never were');
  for (const field of ['moves_per_s', 'deltas_per_s', 'shown_mean', 'delay_p50_ms']) more(field);
  for (const field of ['friendships', 'created', 'joined', 'posted']) more(field);
  console.log(`${summary.connected} people, each shown ${summary.shown_mean} others; ` +
              `${summary.created} meetups created, ${summary.joined} joined`);
}

const [what, subject, ...rest] = process.argv.slice(2);
if (subject === undefined || rest.length > 0 || !['page', 'summary'].includes(what)) {
  console.error('usage: node check_demo.mjs page URL | summary FILE');
  process.exit(2);
}
try {
  if (what === 'page') await checkPage(subject);
  else checkSummary(subject);
} catch (error) {
  console.error(`check_demo.mjs: ${error.message}`);
  process.exit(1);
}
