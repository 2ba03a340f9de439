// Cells of S2, the squares into which the engine divides the globe: which one a point is in, where
// its corners are, which lie beside it. A cell is {face, i, j, level}: on a face of the cube, from
// (0, 0) to (2^level - 1, 2^level - 1).

const RADIANS = Math.PI / 180;

function toVector(lat, lng) {
  const cos = Math.cos(lat * RADIANS);
  return [
    cos * Math.cos(lng * RADIANS), cos * Math.sin(lng * RADIANS), Math.sin(lat * RADIANS)];
}

function toLatLng([x, y, z]) {
  return {lat: Math.atan2(z, Math.hypot(x, y)) / RADIANS, lng: Math.atan2(y, x) / RADIANS};
}

// S2's quadratic projection, by which cells are of nearly the same size everywhere.
function stToUv(s) {
  return s >= 0.5 ? (4 * s * s - 1) / 3 : (1 - 4 * (1 - s) * (1 - s)) / 3;
}

function uvToSt(u) {
  return u >= 0 ? 0.5 * Math.sqrt(1 + 3 * u) : 1 - 0.5 * Math.sqrt(1 - 3 * u);
}

function faceUvToVector(face, u, v) {
  switch (face) {
    case 0: return [1, u, v];
    case 1: return [-u, 1, v];
    case 2: return [-u, -v, 1];
    case 3: return [-1, -v, -u];
    case 4: return [v, -1, -u];
    default: return [v, u, -1];
  }
}

function vectorToFaceUv([x, y, z]) {
  const [ax, ay, az] = [Math.abs(x), Math.abs(y), Math.abs(z)];
  if (ax >= ay && ax >= az) return x >= 0 ? [0, y / x, z / x] : [3, z / x, y / x];
  if (ay >= az) return y >= 0 ? [1, -x / y, z / y] : [4, z / y, -x / y];
  return z >= 0 ? [2, -x / z, -y / z] : [5, -y / z, -x / z];
}

function cellAtVector(vector, level) {
  const [face, u, v] = vectorToFaceUv(vector);
  const size = 2 ** level;
  const index = (w) => Math.max(0, Math.min(size - 1, Math.floor(uvToSt(w) * size)));
  return {face, i: index(u), j: index(v), level};
}

export function cellAt(lat, lng, level) {
  return cellAtVector(toVector(lat, lng), level);
}

// Counter-clockwise, each longitude less than half a turn from the one before, though it be beyond
// 180.
export function cornersOf({face, i, j, level}) {
  const size = 2 ** level;
  const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]].map(([a, b]) =>
    toLatLng(faceUvToVector(face, stToUv(a / size), stToUv(b / size))));
  for (let k = 1; k < 4; ++k) {
    corners[k].lng -= 360 * Math.round((corners[k].lng - corners[k - 1].lng) / 360);
  }
  return corners;
}

export function keyOf({face, i, j, level}) {
  return `${level}/${face}/${i}/${j}`;
}

// Those that share an edge with it, also across the edge of a face: below, right, above, left.
export function neighboursOf({face, i, j, level}) {
  const size = 2 ** level;
  return [[0, -1], [1, 0], [0, 1], [-1, 0]].map(([di, dj]) => {
    const [a, b] = [i + di, j + dj];
    if (a >= 0 && a < size && b >= 0 && b < size) return {face, i: a, j: b, level};
    // Its centre, just beyond the edge, is straight on in u and v as well.
    const beyond = (c) => {
      if (c < 0) return -1 - 1e-9;
      if (c >= size) return 1 + 1e-9;
      return stToUv((c + 0.5) / size);
    };
    return cellAtVector(faceUvToVector(face, beyond(a), beyond(b)), level);
  });
}

// The cells of `level` that reach into the box, found from its middle outwards; at most `limit`.
export function cellsIn({south, west, north, east}, level, limit) {
  const first = cellAt((south + north) / 2, (west + east) / 2, level);
  const middle = (west + east) / 2;
  const reaches = (corners) => {
    const lats = corners.map(({lat}) => lat);
    const lngs = corners.map(({lng}) => lng + 360 * Math.round((middle - corners[0].lng) / 360));
    return Math.max(...lats) >= south && Math.min(...lats) <= north &&
        Math.max(...lngs) >= west && Math.min(...lngs) <= east;
  };
  const seen = new Set([keyOf(first)]);
  const found = [];
  const queue = [first];
  while (queue.length > 0 && found.length < limit) {
    const cell = queue.shift();
    const corners = cornersOf(cell);
    if (!reaches(corners)) continue;
    found.push({cell, corners});
    for (const next of neighboursOf(cell)) {
      const key = keyOf(next);
      if (!seen.has(key)) {
        seen.add(key);
        queue.push(next);
      }
    }
  }
  return found;
}
