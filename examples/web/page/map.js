// The map: its layers, me on it with my radius, and the pins of meetups.

import * as L from './vendor/leaflet/dist/leaflet-src.esm.js';

import {BaseMap} from './base_map.js';
import {CellsLayer} from './cells_layer.js';
import {wrapLongitude} from './mercator.js';
import {PeopleLayer} from './people_layer.js';

// From below upwards.
const PANES = {land: 210, cells: 250, names: 260, people: 450};

// From here outwards pins are small, and say nothing.
const PIN_ZOOM = 12;

function style(names) {
  const computed = getComputedStyle(document.documentElement);
  return Object.fromEntries(Object.entries(names).map(([name, property]) =>
    [name, computed.getPropertyValue(property).trim()]));
}

const readColours = () => style({
  sea: '--sea', land: '--land', coast: '--coast', border: '--border', name: '--place',
  halo: '--place-halo', grid: '--grid', heat: '--heat', heatText: '--heat-text',
  heatHalo: '--heat-halo', stranger: '--stranger', same_meetup: '--same-meetup', friend: '--friend',
  rim: '--dot-rim', areaText: '--area-text',
});

// A box as the server takes it: all round if the window sees so much.
export function boxOf(bounds) {
  const {lat: south} = bounds.getSouthWest();
  const {lat: north} = bounds.getNorthEast();
  const [west, east] = [bounds.getWest(), bounds.getEast()];
  const all = east - west >= 360;
  return {
    south: Math.max(-90, south),
    west: all ? -180 : wrapLongitude(west),
    north: Math.min(90, north),
    east: all ? 180 : wrapLongitude(east),
  };
}

// `listener` has onView(), onPeople(users), onMeetup(meetup), onDragged({lat, lng}).
export class LiveMap {
  #map;
  #base;
  #cells;
  #people;
  #colours = readColours();
  #listener;
  #me = null;
  #circle = null;
  #fence = null;
  #pins = new Map();
  #pinLayer = L.layerGroup();
  #texts;
  #panel;

  // `texts` has formatCount(count), pinLabel(meetup) and me(); `panel` covers part of the map.
  constructor(container, {start, panel, relationOf, texts, listener}) {
    this.#panel = panel;
    this.#listener = listener;
    this.#texts = texts;
    this.#map = L.map(container, {
      center: start, zoom: start.zoom, minZoom: 2, maxZoom: 18, zoomControl: false,
      worldCopyJump: true, maxBoundsViscosity: 1, zoomSnap: 1,
    });
    for (const [name, zIndex] of Object.entries(PANES)) {
      const pane = this.#map.createPane(name);
      pane.style.zIndex = zIndex;
      pane.style.pointerEvents = 'none';
    }
    const colours = () => this.#colours;
    this.#base = new BaseMap(colours);
    this.#cells = new CellsLayer(colours, texts.formatCount);
    this.#people = new PeopleLayer({colours, relationOf});
    this.#base.land.addTo(this.#map);
    this.#base.names.addTo(this.#map);
    this.#cells.layer.addTo(this.#map);
    this.#people.layer.addTo(this.#map);
    this.#pinLayer.addTo(this.#map);
    this.#map.attributionControl.setPrefix(false);
    this.#map.attributionControl.addAttribution(
        'Leaflet · Natural Earth · <a href="https://www.geonames.org">GeoNames</a> (CC BY 4.0) · S2');

    this.#map.on('moveend', () => listener.onView());
    const farAway = () => container.classList.toggle('far', this.zoom < PIN_ZOOM);
    this.#map.on('zoomend', farAway);
    farAway();
    this.#map.on('click', ({containerPoint}) => {
      const users = this.#people.at(containerPoint);
      if (users.length > 0) listener.onPeople(users);
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#colours = readColours();
      this.#base.repaint();
      this.#cells.layer.repaint();
      this.#people.recolour();
    });
  }

  loadBase() {
    return this.#base.load();
  }

  // Instead of the base map: from another host, if the server allows the page to ask it.
  useTiles(url) {
    this.#base.land.remove();
    this.#base.names.remove();
    L.tileLayer(url, {maxZoom: 19}).addTo(this.#map);
  }

  get zoom() {
    return this.#map.getZoom();
  }

  get center() {
    const {lat, lng} = this.#map.getCenter();
    return {lat, lng: wrapLongitude(lng)};
  }

  get box() {
    return boxOf(this.#map.getBounds());
  }

  goTo({lat, lng}, zoom = this.zoom) {
    this.#map.flyTo([lat, lng], zoom, {duration: 0.8});
  }

  // All of `radius` around a position, beside the panel, which covers part of the map.
  showAround({lat, lng}, radius) {
    const {width, height} = this.#map.getContainer().getBoundingClientRect();
    const panel = this.#panel.getBoundingClientRect();
    const beside = panel.width < width / 2;
    this.#map.fitBounds(L.latLng(lat, lng).toBounds(radius * 2), {
      animate: false,
      paddingTopLeft: beside ? [panel.right, 0] : [0, 70],
      paddingBottomRight: beside ? [0, 0] : [0, height - panel.top],
    });
  }

  zoomBy(steps) {
    this.#map.setZoom(this.zoom + steps);
  }

  showPeople(changes, duration) {
    this.#people.apply(changes, duration);
  }

  recolourPeople() {
    this.#people.recolour();
  }

  showClusters(clusters) {
    this.#cells.show(clusters);
  }

  // A circle {lat, lng, radius_m}, instead of the one before; null: none.
  showFence(circle) {
    this.#fence?.remove();
    if (circle === null) return;
    this.#fence = L.circle([circle.lat, circle.lng], {
      radius: circle.radius_m, interactive: false, className: 'fence', pane: 'overlayPane',
    });
    this.#fence.addTo(this.#map);
  }

  // Me at a position, shared or not, and the circle of what I watch.
  showMe({lat, lng}, radius, shared) {
    if (this.#me === null) {
      const dot = document.createElement('span');
      dot.className = 'me-dot';
      const icon = L.divIcon({className: 'me', html: dot, iconSize: [30, 30]});
      this.#me = L.marker([lat, lng], {icon, draggable: true, zIndexOffset: 1_000, alt: this.#texts.me()});
      this.#circle = L.circle([lat, lng], {
        radius, interactive: false, className: 'radius', pane: 'overlayPane',
      });
      this.#circle.addTo(this.#map);
      this.#me.addTo(this.#map);
      this.#me.on('drag', () => this.#circle.setLatLng(this.#me.getLatLng()));
      this.#me.on('dragend', () => {
        const at = this.#me.getLatLng();
        this.#listener.onDragged({lat: at.lat, lng: wrapLongitude(at.lng)});
      });
    }
    this.#me.setLatLng([lat, lng]);
    this.#circle.setLatLng([lat, lng]);
    this.#circle.setRadius(radius);
    const element = this.#me.getElement();
    element.classList.toggle('shared', shared);
    element.title = this.#texts.me();
    element.setAttribute('aria-label', this.#texts.me());
  }

  // One pin for each of `meetups` that has a place; `stateOf(meetup)` is its class.
  showMeetups(meetups, stateOf) {
    const wanted = new Map(meetups.filter(({location}) => location !== undefined)
        .map((meetup) => [meetup.meetup, meetup]));
    for (const [id, {marker}] of this.#pins) {
      if (wanted.has(id)) continue;
      marker.remove();
      this.#pins.delete(id);
    }
    for (const [id, meetup] of wanted) {
      let pin = this.#pins.get(id);
      if (pin === undefined) {
        const face = document.createElement('span');
        const icon = L.divIcon({className: 'pin', html: face, iconSize: [34, 40], iconAnchor: [17, 38]});
        pin = {marker: L.marker(meetup.location, {icon}), face};
        pin.marker.on('click', () => this.#listener.onMeetup(id));
        pin.marker.addTo(this.#pinLayer);
        pin.marker.getElement().addEventListener('keydown', (event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          this.#listener.onMeetup(id);
        });
        this.#pins.set(id, pin);
      }
      pin.marker.setLatLng(meetup.location);
      pin.face.textContent = `${meetup.members}/${meetup.capacity}`;
      pin.face.className = `pin-face ${stateOf(meetup)}`;
      const element = pin.marker.getElement();
      element.setAttribute('aria-label', this.#texts.pinLabel(meetup));
      element.title = meetup.title;
    }
  }

  retranslate() {
    this.#cells.layer.repaint();
    this.#me?.getElement().setAttribute('aria-label', this.#texts.me());
  }
}
