// The engine's cells on the map: as a grid in the streets, and with how many people are in each when
// they are too many to be shown.

import {CanvasLayer} from './canvas_layer.js';
import {project} from './mercator.js';
import {cellsIn} from './s2_cells.js';

// From here on people are shown one by one, and the grid behind them.
const STREET_ZOOM = 13;
const MOST_CELLS = 400;
const FADE_MS = 350;

export const isStreetLevel = (zoom) => zoom >= STREET_ZOOM;

// Of the cells in which people are counted: some 60 pixels wide.
export const clusterLevel = (zoom) => Math.round(zoom);

// The grid's cells are twice as wide.
const gridLevel = (zoom) => Math.round(zoom) - 1;

export function traceCell(context, corners, view) {
  // Edges of cells are no straight lines on this map, but at these sizes nearly so.
  corners.forEach(({lat, lng}, k) => {
    const {x, y} = project(lat, lng);
    if (k === 0) context.moveTo(view.toX(x), view.toY(y));
    else context.lineTo(view.toX(x), view.toY(y));
  });
  context.closePath();
}

function middleOf(corners, view) {
  const points = corners.map(({lat, lng}) => project(lat, lng));
  return {
    x: view.toX(points.reduce((sum, {x}) => sum + x, 0) / 4),
    y: view.toY(points.reduce((sum, {y}) => sum + y, 0) / 4),
  };
}

// `colours()` has {grid, heat: 'r, g, b', heatText, heatHalo}.
export class CellsLayer {
  #colours;
  #clusters = [];
  #before = [];
  #changed = 0;

  constructor(colours, format) {
    this.#colours = colours;
    this.format = format;
    this.layer = new CanvasLayer((context, view) => this.#paint(context, view), {pane: 'cells'});
  }

  // Cells as the server answers them: {cell, count, corners}. Drawn until the next ones come.
  show(clusters) {
    this.#before = this.#clusters;
    this.#clusters = clusters;
    this.#changed = performance.now();
    this.layer.repaint();
  }

  #paint(context, view) {
    if (isStreetLevel(view.zoom)) {
      this.#paintGrid(context, view);
      return false;
    }
    const part = Math.min(1, (view.now - this.#changed) / FADE_MS);
    const same = this.#before.length > 0 && this.#clusters.length > 0 &&
        this.#before[0].level === this.#clusters[0].level;
    if (part < 1 && !same) this.#paintClusters(context, view, this.#before, 1 - part);
    this.#paintClusters(context, view, this.#clusters, same ? 1 : part);
    return part < 1;
  }

  #paintGrid(context, view) {
    context.beginPath();
    for (const {corners} of cellsIn(view.box, gridLevel(view.zoom), MOST_CELLS)) {
      traceCell(context, corners, view);
    }
    context.strokeStyle = this.#colours().grid;
    context.lineWidth = 1;
    context.stroke();
  }

  #paintClusters(context, view, clusters, opacity) {
    const colours = this.#colours();
    const most = Math.max(1, ...clusters.map(({count}) => count));
    context.globalAlpha = Math.max(0, opacity);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const {count, corners} of clusters) {
      const strength = Math.log1p(count) / Math.log1p(most);
      context.beginPath();
      traceCell(context, corners, view);
      context.fillStyle = `rgba(${colours.heat}, ${0.08 + 0.5 * strength ** 1.5})`;
      context.fill();
      context.strokeStyle = `rgba(${colours.heat}, ${0.25 + 0.4 * strength})`;
      context.lineWidth = 1;
      context.stroke();
    }
    for (const {count, corners} of clusters) {
      const {x, y} = middleOf(corners, view);
      context.font = `600 ${Math.round(10 + 3 * Math.log1p(count) / Math.log1p(most))}px system-ui, sans-serif`;
      context.lineWidth = 3;
      context.lineJoin = 'round';
      context.strokeStyle = colours.heatHalo;
      context.strokeText(this.format(count), x, y);
      context.fillStyle = colours.heatText;
      context.fillText(this.format(count), x, y);
    }
    context.globalAlpha = 1;
  }
}

