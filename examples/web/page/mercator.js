// The map's projection (Web Mercator), onto a square of side 1 with (0, 0) at the north-west.

const RADIANS = Math.PI / 180;
// Where the square ends: nearer the poles everything is drawn on its edge.
const MAX_LATITUDE = 85.0511287798;
const EARTH_RADIUS_M = 6_371_010;

export function project(lat, lng) {
  const sin = Math.sin(Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat)) * RADIANS);
  return {
    x: lng / 360 + 0.5,
    y: 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI),
  };
}

// Great-circle metres, by haversine.
export function distanceMeters(a, b) {
  const sinLat = Math.sin((b.lat - a.lat) * RADIANS / 2);
  const sinLng = Math.sin((b.lng - a.lng) * RADIANS / 2);
  const h = sinLat ** 2 + Math.cos(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * sinLng ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

// `lng` from -180 up to 180.
export function wrapLongitude(lng) {
  return ((lng + 180) % 360 + 360) % 360 - 180;
}
