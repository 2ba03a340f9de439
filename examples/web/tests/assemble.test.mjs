import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, test} from 'node:test';
import {fileURLToPath} from 'node:url';

const ASSEMBLE = fileURLToPath(new URL('../assemble.mjs', import.meta.url));
const FILES = [
  'leaflet/dist/leaflet-src.esm.js', 'leaflet/dist/leaflet.css', 'leaflet/LICENSE',
  'topojson-client/src/index.js', 'topojson-client/LICENSE',
  'world-atlas/countries-50m.json', 'world-atlas/countries-10m.json', 'world-atlas/LICENSE',
];

let scratch, modules, places, output;

function assemble(...args) {
  return spawnSync(process.execPath, [ASSEMBLE, ...args], {encoding: 'utf8'});
}

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'moyeo-assemble-'));
  [modules, places, output] = ['modules', 'places.tsv', 'web'].map((name) => join(scratch, name));
  for (const file of FILES) {
    mkdirSync(dirname(join(modules, file)), {recursive: true});
    writeFileSync(join(modules, file), file);
  }
  writeFileSync(places, '# credit\nSmall\tKR\t1.23456\t2\t11999\tsmall\n' +
      'Larger\tKR\t3.00049\t-4.5\t12000\tlarger\nLargest\tKR\t5\t6\t900000\tlargest\n');
});

afterEach(() => rmSync(scratch, {recursive: true}));

test('the page, its packages and the names of larger places come together', () => {
  assert.equal(assemble(modules, places, output).status, 0);
  for (const file of FILES) assert.equal(readFileSync(join(output, 'vendor', file), 'utf8'), file);
  assert.ok(existsSync(join(output, 'index.html')));
  assert.equal(readFileSync(join(output, 'places.tsv'), 'utf8'),
               'Largest\t5.000\t6.000\t900000\nLarger\t3.000\t-4.500\t12000');
  assert.deepEqual(readdirSync(scratch).sort(), ['modules', 'places.tsv', 'web']);
});

test('what was there before is gone', () => {
  mkdirSync(output);
  writeFileSync(join(output, 'old.js'), '');
  assert.equal(assemble(modules, places, output).status, 0);
  assert.ok(!existsSync(join(output, 'old.js')));
});

test('a missing package is named, and the page of before stays', () => {
  mkdirSync(output);
  writeFileSync(join(output, 'old.js'), '');
  rmSync(join(modules, 'world-atlas'), {recursive: true});
  const {status, stderr} = assemble(modules, places, output);
  assert.equal(status, 1);
  assert.match(stderr, /there is no .*world-atlas.countries-50m\.json/);
  assert.ok(existsSync(join(output, 'old.js')));
  assert.deepEqual(readdirSync(scratch).sort(), ['modules', 'places.tsv', 'web']);
});

test('says how it is used', () => {
  assert.equal(assemble().status, 2);
  assert.match(assemble(modules).stderr, /usage: /);
});
