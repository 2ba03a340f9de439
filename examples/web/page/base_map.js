// The base map, which needs no network: coasts, borders and the names of places.

import {CanvasLayer} from './canvas_layer.js';
import {Land} from './land.js';
import {project} from './mercator.js';

const ATLAS = './vendor/world-atlas';
// From this zoom on the coarse coasts look coarse.
const FINE_ZOOM = 6;
// Detail, in pixels, that nobody sees.
const DETAIL_PX = 0.7;

function readLand(url) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./land_worker.js', import.meta.url), {type: 'module'});
    worker.onmessage = ({data}) => {
      worker.terminate();
      resolve(new Land(data));
    };
    worker.onerror = (event) => {
      worker.terminate();
      reject(new Error(event.message ?? url));
    };
    worker.postMessage(new URL(url, import.meta.url).href);
  });
}

async function readPlaces() {
  const response = await fetch(new URL('./places.tsv', import.meta.url));
  if (!response.ok) throw new Error(`places.tsv: ${response.status}`);
  return (await response.text()).split('\n').filter((line) => line !== '').map((line) => {
    const [name, lat, lng, population] = line.split('\t');
    return {name, ...project(Number(lat), Number(lng)), population: Number(population)};
  });
}

// How many people live in a place that is named at `zoom`.
function leastPopulation(zoom) {
  return 4e7 / 2.6 ** zoom;
}

function trace(context, part, view, world) {
  context.moveTo(view.toX(part[0] + world), view.toY(part[1]));
  for (let p = 2; p < part.length; p += 2) {
    context.lineTo(view.toX(part[p] + world), view.toY(part[p + 1]));
  }
}

// `colours()` has {sea, land, coast, border, name, halo}, as CSS has them.
export class BaseMap {
  #coarse = null;
  #fine = null;
  #fineAsked = false;
  #places = [];
  #cut = null;

  constructor(colours) {
    this.colours = colours;
    this.land = new CanvasLayer((context, view) => this.#paintLand(context, view), {pane: 'land'});
    this.names = new CanvasLayer((context, view) => this.#paintNames(context, view), {pane: 'names'});
  }

  async load() {
    const [coarse, places] = await Promise.all([readLand(`${ATLAS}/countries-50m.json`), readPlaces()]);
    this.#coarse = coarse;
    this.#places = places;
    this.repaint();
  }

  repaint() {
    this.land.repaint();
    this.names.repaint();
  }

  #paintLand(context, view) {
    const colours = this.colours();
    context.fillStyle = colours.sea;
    context.fillRect(0, 0, view.width, view.height);
    const land = this.#landFor(view.zoom);
    if (land === null) return false;

    const {parts, worlds} = this.#partsIn(land, view);
    context.beginPath();
    for (const world of worlds) {
      for (const ring of parts.rings) {
        trace(context, ring, view, world);
        context.closePath();
      }
    }
    context.fillStyle = colours.land;
    context.fill('evenodd');
    context.strokeStyle = colours.coast;
    context.lineWidth = 1;
    context.stroke();
    context.beginPath();
    for (const world of worlds) {
      for (const line of parts.lines) trace(context, line, view, world);
    }
    context.strokeStyle = colours.border;
    context.setLineDash([3, 3]);
    context.stroke();
    context.setLineDash([]);
    return false;
  }

  #landFor(zoom) {
    if (zoom >= FINE_ZOOM && !this.#fineAsked && this.#coarse !== null) {
      this.#fineAsked = true;
      // Without it the coarse coasts stay.
      readLand(`${ATLAS}/countries-10m.json`).then((land) => {
        this.#fine = land;
        this.#cut = null;
        this.land.repaint();
      }, (error) => console.error(error));
    }
    return zoom >= FINE_ZOOM && this.#fine !== null ? this.#fine : this.#coarse;
  }

  // Cut out somewhat larger than the window, so that it lasts while the map is dragged a little.
  #partsIn(land, view) {
    const west = project(0, view.box.west).x;
    const east = project(0, view.box.east).x;
    const north = project(view.box.north, 0).y;
    const south = project(view.box.south, 0).y;
    const first = Math.floor(west);
    const worlds = [];
    for (let world = first; world <= Math.floor(east); ++world) worlds.push(world);
    const cut = this.#cut;
    const lasts = cut !== null && cut.land === land && cut.zoom === view.zoom && cut.west <= west &&
        cut.east >= east && cut.north <= north && cut.south >= south;
    if (!lasts) {
      const [w, h] = [(east - west) / 2, (south - north) / 2];
      const box = {west: west - w, east: east + w, north: north - h, south: south + h};
      // A window across the antimeridian sees both ends of the square.
      const across = worlds.length > 1 || box.west < first || box.east > first + 1;
      const clip = across ? {...box, west: -0.1, east: 1.1} :
                            {...box, west: box.west - first, east: box.east - first};
      this.#cut = {land, zoom: view.zoom, ...box, parts: land.within(clip, DETAIL_PX / view.scale)};
    }
    // What is drawn at the end of one world belongs to the beginning of the next.
    const margin = [first - 1, ...worlds, first + worlds.length];
    return {parts: this.#cut.parts, worlds: view.zoom < FINE_ZOOM ? margin : worlds};
  }

  #paintNames(context, view) {
    const colours = this.colours();
    const least = leastPopulation(view.zoom);
    const west = project(0, view.box.west).x - 60 / view.scale;
    const taken = [];
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    for (const place of this.#places) {
      // They are sorted: all others are smaller.
      if (place.population < least || taken.length >= 60) break;
      // In the world that is in the window.
      const x = view.toX(place.x - Math.floor(place.x - west));
      const y = view.toY(place.y);
      if (x < -60 || x > view.width + 60 || y < -12 || y > view.height + 12) continue;
      const size = Math.round(Math.min(17, 10.5 + Math.max(0, Math.log10(place.population / least)) * 3));
      const half = place.name.length * size * 0.29 + 10;
      if (taken.some((other) => Math.abs(other.x - x) < other.half + half &&
                                Math.abs(other.y - y) < size + 10)) {
        continue;
      }
      taken.push({x, y, half});
      context.font = `${size >= 14 ? 600 : 500} ${size}px system-ui, sans-serif`;
      context.strokeStyle = colours.halo;
      context.lineWidth = 3;
      context.strokeText(place.name, x, y);
      context.fillStyle = colours.name;
      context.fillText(place.name, x, y);
    }
    return false;
  }
}
