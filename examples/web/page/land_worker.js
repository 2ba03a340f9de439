// Reads a topology of world-atlas and projects it, beside the page, which would stand still meanwhile.

import {feature, mesh} from './vendor/topojson-client/src/index.js';

import {project} from './mercator.js';

function pack(parts) {
  const starts = new Uint32Array(parts.length + 1);
  parts.forEach((part, k) => {
    starts[k + 1] = starts[k] + 2 * part.length;
  });
  const points = new Float64Array(starts[parts.length]);
  parts.forEach((part, k) => {
    part.forEach(([lng, lat], n) => {
      const {x, y} = project(lat, lng);
      points[starts[k] + 2 * n] = x;
      points[starts[k] + 2 * n + 1] = y;
    });
  });
  return {points, starts};
}

self.onmessage = async ({data: url}) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const topology = await response.json();
  const {countries, land} = topology.objects;
  const polygons = feature(topology, land).features.flatMap(({geometry}) =>
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates);
  const rings = pack(polygons.flat());
  const lines = pack(mesh(topology, countries, (a, b) => a !== b).coordinates);
  self.postMessage({rings, lines}, [
    rings.points.buffer, rings.starts.buffer, lines.points.buffer, lines.starts.buffer]);
};
