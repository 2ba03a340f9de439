// The land of the base map, ready to be painted: rings and lines of points in the projection's
// square, and the part of them that is in a box.

// {points: Float64Array of x, y, x, y, ...; starts: where each ring or line begins in it, and at last
// its length}

function bounds({points, starts}) {
  const boxes = new Float64Array((starts.length - 1) * 4);
  for (let k = 0; k + 1 < starts.length; ++k) {
    let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let p = starts[k]; p < starts[k + 1]; p += 2) {
      west = Math.min(west, points[p]);
      east = Math.max(east, points[p]);
      north = Math.min(north, points[p + 1]);
      south = Math.max(south, points[p + 1]);
    }
    boxes.set([west, north, east, south], k * 4);
  }
  return boxes;
}

// One side of the box after the other cuts off what is beyond it (Sutherland and Hodgman).
function clipRing(ring, box) {
  const sides = [
    [0, 1, box.west], [0, -1, box.east], [1, 1, box.north], [1, -1, box.south],
  ];
  for (const [axis, sign, limit] of sides) {
    const kept = [];
    for (let p = 0; p < ring.length; p += 2) {
      const before = (p + ring.length - 2) % ring.length;
      const inside = sign * (ring[p + axis] - limit) >= 0;
      const insideBefore = sign * (ring[before + axis] - limit) >= 0;
      if (inside !== insideBefore) {
        const part = (limit - ring[before + axis]) / (ring[p + axis] - ring[before + axis]);
        const crossing = [0, 0];
        crossing[axis] = limit;
        crossing[1 - axis] =
            ring[before + 1 - axis] + part * (ring[p + 1 - axis] - ring[before + 1 - axis]);
        kept.push(crossing[0], crossing[1]);
      }
      if (inside) kept.push(ring[p], ring[p + 1]);
    }
    ring = kept;
    if (ring.length === 0) break;
  }
  return ring;
}

export class Land {
  #rings;
  #ringBoxes;
  #lines;
  #lineBoxes;

  constructor({rings, lines}) {
    this.#rings = rings;
    this.#ringBoxes = bounds(rings);
    this.#lines = lines;
    this.#lineBoxes = bounds(lines);
  }

  // What is in `box` {west, north, east, south}: rings cut off at its sides, lines that reach into it.
  // Points nearer than `detail` to the one before are left out.
  within(box, detail) {
    const rings = [];
    for (const ring of this.#reaching(this.#rings, this.#ringBoxes, box, detail)) {
      const clipped = clipRing(ring, box);
      if (clipped.length >= 6) rings.push(clipped);
    }
    return {rings, lines: [...this.#reaching(this.#lines, this.#lineBoxes, box, detail)]};
  }

  *#reaching({points, starts}, boxes, box, detail) {
    for (let k = 0; k + 1 < starts.length; ++k) {
      const [west, north, east, south] = boxes.subarray(k * 4, k * 4 + 4);
      if (west > box.east || east < box.west || north > box.south || south < box.north) continue;
      const kept = [points[starts[k]], points[starts[k] + 1]];
      for (let p = starts[k] + 2; p < starts[k + 1]; p += 2) {
        const dx = Math.abs(points[p] - kept[kept.length - 2]);
        const dy = Math.abs(points[p + 1] - kept[kept.length - 1]);
        if (dx >= detail || dy >= detail) kept.push(points[p], points[p + 1]);
      }
      if (kept.length >= 4) yield kept;
    }
  }
}
