// A layer of the map that is painted on a canvas, somewhat larger than the window: while the map is
// dragged the canvas goes with it, and is painted again when its edge comes into sight.

import * as L from './vendor/leaflet/dist/leaflet-src.esm.js';

const TILE = 256;
// What is painted beyond each side of the window, as a part of it.
const PADDING = 0.15;

// `paint(context, view)` paints the whole layer, in CSS pixels, and returns whether the picture is
// going to change by itself; then it is asked again after options.pace ms. `view` has width, height,
// zoom, box {south, west, north, east}, now (ms), toX(x) and toY(y), which take coordinates of the
// projection's square, and scale, the side of that square in pixels.
export const CanvasLayer = L.Layer.extend({
  initialize(paint, options) {
    L.setOptions(this, options);
    this._paint = paint;
    this._frame = null;
    this._timer = null;
  },

  onAdd(map) {
    const animated = map.options.zoomAnimation ? ' leaflet-zoom-animated' : '';
    this._canvas = L.DomUtil.create('canvas', `painted${animated}`, this.getPane());
    this._canvas.setAttribute('aria-hidden', 'true');
    this.repaint();
  },

  onRemove() {
    cancelAnimationFrame(this._frame);
    clearTimeout(this._timer);
    this._frame = this._timer = null;
    this._canvas.remove();
  },

  getEvents() {
    return {
      move: this._moved, moveend: this._moved, resize: this.repaint, viewreset: this.repaint,
      zoomanim: this._follow, zoomend: this._settle,
    };
  },

  // The picture has changed: it is painted before the next frame.
  repaint() {
    if (this._frame === null && this._map) {
      this._frame = requestAnimationFrame((now) => this._paintFrame(now));
    }
  },

  // A point of the window, on the canvas.
  toCanvas(containerPoint) {
    return this._map.containerPointToLayerPoint(containerPoint).subtract(this._corner);
  },

  _moved() {
    const corner = this._map.containerPointToLayerPoint([0, 0]).subtract(this._corner ?? [0, 0]);
    const {x, y} = this._map.getSize();
    const {x: spareX, y: spareY} = this._map.getSize().multiplyBy(2 * PADDING);
    const inside = corner.x >= 0 && corner.y >= 0 && corner.x <= spareX && corner.y <= spareY;
    if (!inside || x !== this._size?.x || y !== this._size?.y) this.repaint();
  },

  _paintFrame(now) {
    this._frame = null;
    clearTimeout(this._timer);
    this._timer = null;
    // While the map zooms, the canvas is stretched with it.
    if (this._zooming) return;
    const map = this._map;
    this._size = map.getSize();
    const padding = this._size.multiplyBy(PADDING).round();
    const {x: width, y: height} = this._size.add(padding.multiplyBy(2));
    const ratio = window.devicePixelRatio || 1;
    const canvas = this._canvas;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    this._corner = map.containerPointToLayerPoint([0, 0]).subtract(padding);
    L.DomUtil.setPosition(canvas, this._corner);
    this._center = map.getCenter();
    this._zoom = map.getZoom();

    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const scale = TILE * 2 ** this._zoom;
    const origin = map.project(this._center).subtract([width / 2, height / 2]);
    const bounds = map.getBounds().pad(PADDING);
    const view = {
      width, height, scale, now,
      zoom: this._zoom,
      box: {
        south: bounds.getSouth(), west: bounds.getWest(),
        north: bounds.getNorth(), east: bounds.getEast(),
      },
      toX: (x) => x * scale - origin.x,
      toY: (y) => y * scale - origin.y,
    };
    if (this._paint(context, view)) {
      this._timer = setTimeout(() => this.repaint(), this.options.pace ?? 0);
    }
  },

  _follow({center, zoom}) {
    if (this._center === undefined) return;
    this._zooming = true;
    const map = this._map;
    const scale = map.getZoomScale(zoom, this._zoom);
    const half = this._size.divideBy(2);
    const painted = half.add(this._size.multiplyBy(PADDING).round());
    const pane = L.DomUtil.getPosition(map.getPane('mapPane'));
    const origin = map.project(center, zoom).subtract(half).add(pane).round();
    const offset =
        map.project(this._center, zoom).subtract(painted.multiplyBy(scale)).subtract(origin);
    L.DomUtil.setTransform(this._canvas, offset, scale);
  },

  _settle() {
    this._zooming = false;
    this.repaint();
  },
});
