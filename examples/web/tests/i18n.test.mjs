import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';

import {preferredLanguage, Translator} from '../page/i18n.js';
import {TEXTS} from '../page/texts.js';

const PAGE = new URL('../page/', import.meta.url);
const sources = readdirSync(PAGE).filter((name) => /\.(js|html)$/.test(name) && name !== 'texts.js')
    .map((name) => readFileSync(new URL(name, PAGE), 'utf8')).join('\n');

test('both languages say the same things, with the same parts', () => {
  assert.deepEqual(Object.keys(TEXTS.ko), Object.keys(TEXTS.en));
  const parts = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(TEXTS.en)) {
    assert.deepEqual(parts(TEXTS.ko[key]), parts(TEXTS.en[key]), key);
  }
});

test('every text is used, and every text that is used is there', () => {
  const ends = (key) => sources.includes(`'${key}'`) || sources.includes(`"${key}"`);
  // Families, of which the code makes the last part.
  const families = [...sources.matchAll(/`([\w.]+)\.\$\{[^}]+\}(\.\w+)?`/g)].map(([, head, tail]) =>
    new RegExp(`^${head.replaceAll('.', '\\.')}\\.\\w+${(tail ?? '').replaceAll('.', '\\.')}$`));
  for (const key of Object.keys(TEXTS.en)) {
    assert.ok(ends(key) || families.some((family) => family.test(key)), `${key} is not used`);
  }
  for (const [, key] of sources.matchAll(/data-t(?:-label|-placeholder)?="([^"]+)"/g)) {
    assert.ok(key in TEXTS.en, key);
  }
  for (const [, key] of sources.matchAll(/\btext\('([^']+)'/g)) assert.ok(key in TEXTS.en, key);
});

test('the first of the reader\'s languages that there is, else English', () => {
  assert.equal(preferredLanguage(['fr-FR', 'ko-KR', 'en']), 'ko');
  assert.equal(preferredLanguage(['en-GB', 'ko']), 'en');
  assert.equal(preferredLanguage(['fr']), 'en');
  assert.equal(preferredLanguage([]), 'en');
});

test('parts are put in as they are, and a missing text is a mistake', () => {
  const translator = new Translator('en');
  assert.equal(translator.text('person.blocked', {name: '{x} $& <b>'}), '{x} $& <b> is blocked');
  assert.throws(() => translator.text('nothing.like.it'), /nothing\.like\.it/);
});

test('distances and sizes as people read them', () => {
  const translator = new Translator('en');
  assert.equal(translator.distance(999.4), '999 m');
  assert.equal(translator.distance(1_234), '1.2 km');
  assert.equal(translator.bytes(1_023), '1,023 B');
  assert.equal(translator.bytes(1_536), '1.5 KiB');
});
