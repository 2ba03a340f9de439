// A layer of the map that is painted on a canvas of the size of the window.

import * as L from './vendor/leaflet/dist/leaflet-src.esm.js';

const TILE = 256;

// `paint(context, view)` paints the whole layer, in CSS pixels, and returns whether the picture is
// going to change by itself; then it is asked again for the next frame. `view` has width, height, zoom,
// box {south, west, north, east}, now (ms), toX(x) and toY(y), which take coordinates of the
// projection's square, and scale, the side of that square in pixels.
export const CanvasLayer = L.Layer.extend({
  initialize(paint, options) {
    L.setOptions(this, options);
    this._paint = paint;
    this._frame = null;
  },

  onAdd(map) {
    const animated = map.options.zoomAnimation ? ' leaflet-zoom-animated' : '';
    this._canvas = L.DomUtil.create('canvas', `painted${animated}`, this.getPane());
    this._canvas.setAttribute('aria-hidden', 'true');
    this.repaint();
  },

  onRemove() {
    if (this._frame !== null) cancelAnimationFrame(this._frame);
    this._frame = null;
    this._canvas.remove();
  },

  getEvents() {
    return {
      move: this.repaint, moveend: this.repaint, zoom: this.repaint, resize: this.repaint,
      viewreset: this.repaint, zoomanim: this._follow, zoomend: this._settle,
    };
  },

  // The picture has changed: it is painted before the next frame.
  repaint() {
    if (this._frame === null && this._map) {
      this._frame = requestAnimationFrame((now) => this._paintFrame(now));
    }
  },

  _paintFrame(now) {
    this._frame = null;
    // While the map zooms, the canvas is stretched with it.
    if (this._zooming) return;
    const map = this._map;
    const {x: width, y: height} = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    const canvas = this._canvas;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    this._center = map.getCenter();
    this._zoom = map.getZoom();

    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const scale = TILE * 2 ** this._zoom;
    const origin = map.project(this._center).subtract([width / 2, height / 2]);
    const bounds = map.getBounds();
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
    if (this._paint(context, view)) this.repaint();
  },

  _follow({center, zoom}) {
    if (this._center === undefined) return;
    this._zooming = true;
    const map = this._map;
    const scale = map.getZoomScale(zoom, this._zoom);
    const half = map.getSize().divideBy(2);
    const pane = L.DomUtil.getPosition(map.getPane('mapPane'));
    const origin = map.project(center, zoom).subtract(half).add(pane).round();
    const offset = map.project(this._center, zoom).subtract(half.multiplyBy(scale)).subtract(origin);
    L.DomUtil.setTransform(this._canvas, offset, scale);
  },

  _settle() {
    this._zooming = false;
    this.repaint();
  },
});
