#!/usr/bin/env node
// Puts the page into one directory, from which the server serves it: its own files, what it takes
// from npm packages, and the names on its map.
//
//   node assemble.mjs <node_modules directory> <places.tsv> <output directory>
//
// What is in the output directory already is replaced.

import {cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const PAGE = join(dirname(fileURLToPath(import.meta.url)), 'page');

// Of each package what a browser loads, and its licence.
const VENDOR = {
  'leaflet': ['dist/leaflet-src.esm.js', 'dist/leaflet.css', 'LICENSE'],
  'topojson-client': ['src', 'LICENSE'],
  'world-atlas': ['countries-50m.json', 'countries-10m.json', 'LICENSE'],
};

// Smaller places have no name on the map: whose population is not known counts a thousand.
const LEAST_POPULATION = 12_000;

// The names on the map, the largest places first: name, latitude, longitude, population. Of a
// degree three digits are kept, some hundred metres.
function placeNames(table) {
  return readFileSync(table, 'utf8').split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('\t'))
      .map(([name, , lat, lng, population]) => [name, Number(lat), Number(lng), Number(population)])
      .filter(([, , , population]) => population >= LEAST_POPULATION)
      .sort((a, b) => b[3] - a[3])
      .map(([name, lat, lng, population]) =>
        [name, lat.toFixed(3), lng.toFixed(3), population].join('\t'))
      .join('\n');
}

function main() {
  const [nodeModules, places, output, ...rest] = process.argv.slice(2);
  if (output === undefined || rest.length > 0) {
    console.error('usage: node assemble.mjs <node_modules directory> <places.tsv> <output directory>');
    process.exit(2);
  }

  // Beside it first, so that an interrupted run leaves no half page behind.
  const unfinished = `${output}.${process.pid}.tmp`;
  const replaced = `${output}.${process.pid}.old`;
  try {
    mkdirSync(unfinished, {recursive: true});
    cpSync(PAGE, unfinished, {recursive: true});
    for (const [name, files] of Object.entries(VENDOR)) {
      for (const file of files) {
        const from = join(nodeModules, name, file);
        if (!existsSync(from)) throw new Error(`there is no ${from}`);
        cpSync(from, join(unfinished, 'vendor', name, file), {recursive: true});
      }
    }
    writeFileSync(join(unfinished, 'places.tsv'), placeNames(places));
    if (existsSync(output)) renameSync(output, replaced);
    renameSync(unfinished, output);
  } finally {
    rmSync(unfinished, {recursive: true, force: true});
    rmSync(replaced, {recursive: true, force: true});
  }
}

try {
  main();
} catch (error) {
  console.error(`assemble.mjs: ${error.message}`);
  process.exit(1);
}
