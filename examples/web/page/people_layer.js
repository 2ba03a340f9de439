// The people around, as dots that walk, and as areas where nobody is to know better.

import {CanvasLayer} from './canvas_layer.js';
import {isStreetLevel, traceCell} from './cells_layer.js';
import {project} from './mercator.js';
import {Motion} from './motion.js';
import {cellAt, cornersOf, keyOf} from './s2_cells.js';

// The cells whose centres strangers are shown, as the engine has them by default.
const CLOAK_LEVEL = 14;
const DOT_PX = 5;
const SPRITE_PX = 18;
const REACH_PX = 14;
// Who walks goes a pixel in seconds: twenty pictures a second are smooth, and leave time for others.
const PACE_MS = 50;
const RELATIONS = ['stranger', 'same_meetup', 'friend'];

// `colours()` has one for each relation, `rim` and `areaText`; `relationOf(user)` says which.
export class PeopleLayer {
  #colours;
  #relationOf;
  #people = new Map();
  #sprites = new Map();
  #view = null;

  constructor({colours, relationOf}) {
    this.#colours = colours;
    this.#relationOf = relationOf;
    this.layer = new CanvasLayer((context, view) => this.#paint(context, view), {pane: 'people', pace: PACE_MS});
  }

  // Takes the changes of Surroundings. Moves take `duration` ms.
  apply({enter, move, leave}, duration) {
    const now = performance.now();
    for (const {user, lat, lng, cloaked} of enter) {
      const leaving = this.#people.get(user);
      if (leaving !== undefined) leaving.motion.moveTo(lat, lng, now, duration);
      else this.#people.set(user, {motion: new Motion(lat, lng, now)});
      Object.assign(this.#people.get(user), {lat, lng, cloaked});
    }
    for (const {user, lat, lng, cloaked} of move) {
      const person = this.#people.get(user);
      // Who steps out of an area does not walk there from its middle.
      if (person.cloaked !== cloaked) person.motion = new Motion(lat, lng, now);
      else person.motion.moveTo(lat, lng, now, duration);
      Object.assign(person, {lat, lng, cloaked});
    }
    for (const user of leave) this.#people.get(user).motion.leave(now);
    this.layer.repaint();
  }

  // After a change of colours or relations.
  recolour() {
    this.#sprites.clear();
    this.layer.repaint();
  }

  // Who is shown at a point of the window: the nearest dot within reach, or all of an area.
  at(containerPoint) {
    if (this.#view === null || !isStreetLevel(this.#view.zoom)) return [];
    const {x, y} = this.layer.toCanvas(containerPoint);
    const now = performance.now();
    let [nearest, reach] = [null, REACH_PX];
    for (const [user, person] of this.#people) {
      if (person.cloaked || person.motion.opacity(now) === 0) continue;
      const at = this.#place(person, this.#view, now);
      const distance = Math.hypot(at.x - x, at.y - y);
      if (distance < reach) [nearest, reach] = [user, distance];
    }
    if (nearest !== null) return [nearest];
    for (const area of this.#areas(now).values()) {
      const corners = cornersOf(area.cell).map(({lat, lng}) => project(lat, lng));
      const xs = corners.map((corner) => this.#view.toX(this.#beside(corner.x, this.#view)));
      const ys = corners.map((corner) => this.#view.toY(corner.y));
      if (x >= Math.min(...xs) && x <= Math.max(...xs) && y >= Math.min(...ys) && y <= Math.max(...ys)) {
        return area.users;
      }
    }
    return [];
  }

  #paint(context, view) {
    this.#view = view;
    const now = view.now;
    let animated = false;
    for (const [user, {motion}] of this.#people) {
      if (motion.isOver(now)) this.#people.delete(user);
      else animated ||= motion.isAnimated(now);
    }
    // When zoomed out cells say how many there are. Motions go on unseen.
    if (!isStreetLevel(view.zoom)) return false;

    for (const area of this.#areas(now).values()) this.#paintArea(context, view, area);
    const ratio = window.devicePixelRatio || 1;
    // Friends last, above all others.
    const groups = {stranger: [], same_meetup: [], friend: []};
    for (const [user, person] of this.#people) {
      if (!person.cloaked) (groups[this.#relationOf(user)] ?? groups.stranger).push(person);
    }
    for (const relation of RELATIONS) {
      const sprite = this.#sprite(relation, ratio);
      for (const person of groups[relation]) {
        const {x, y} = this.#place(person, view, now);
        if (x < -SPRITE_PX || y < -SPRITE_PX || x > view.width + SPRITE_PX || y > view.height + SPRITE_PX) {
          continue;
        }
        context.globalAlpha = person.motion.opacity(now);
        // On whole pixels of the screen, a copy needs no blending of neighbours.
        context.drawImage(sprite, Math.round((x - SPRITE_PX / 2) * ratio) / ratio,
                          Math.round((y - SPRITE_PX / 2) * ratio) / ratio, SPRITE_PX, SPRITE_PX);
      }
    }
    context.globalAlpha = 1;
    return animated;
  }

  #place({motion}, view, now) {
    const {x, y} = motion.at(now);
    return {x: view.toX(this.#beside(x, view)), y: view.toY(y)};
  }

  // `x` in the world that is in the window.
  #beside(x, view) {
    const middle = (view.box.west + view.box.east) / 720 + 0.5;
    return x + Math.round(middle - x);
  }

  #areas(now) {
    const areas = new Map();
    for (const [user, {lat, lng, cloaked, motion}] of this.#people) {
      if (!cloaked) continue;
      const cell = cellAt(lat, lng, CLOAK_LEVEL);
      const key = keyOf(cell);
      const area = areas.get(key) ?? {cell, users: [], opacity: 0};
      area.users.push(user);
      area.opacity = Math.max(area.opacity, motion.opacity(now));
      areas.set(key, area);
    }
    return areas;
  }

  #paintArea(context, view, {cell, users, opacity}) {
    const colours = this.#colours();
    const corners = cornersOf(cell);
    context.beginPath();
    traceCell(context, corners, view);
    context.globalAlpha = opacity * Math.min(0.28, 0.09 + 0.03 * users.length);
    context.fillStyle = colours.stranger;
    context.fill();
    context.globalAlpha = opacity * 0.55;
    context.strokeStyle = colours.stranger;
    context.setLineDash([4, 3]);
    context.lineWidth = 1.25;
    context.stroke();
    context.setLineDash([]);
    const points = corners.map(({lat, lng}) => project(lat, lng));
    const x = view.toX(points.reduce((sum, point) => sum + point.x, 0) / 4);
    const y = view.toY(points.reduce((sum, point) => sum + point.y, 0) / 4);
    context.globalAlpha = opacity;
    context.font = '600 11px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = colours.areaText;
    context.fillText(`≈ ${users.length}`, x, y);
    context.globalAlpha = 1;
  }

  // Dots are painted once and copied: a thousand a frame.
  #sprite(relation, ratio) {
    const key = `${relation} ${ratio}`;
    let sprite = this.#sprites.get(key);
    if (sprite !== undefined) return sprite;
    sprite = document.createElement('canvas');
    sprite.width = sprite.height = Math.round(SPRITE_PX * ratio);
    const context = sprite.getContext('2d');
    context.scale(sprite.width / SPRITE_PX, sprite.width / SPRITE_PX);
    const colours = this.#colours();
    const middle = SPRITE_PX / 2;
    const glow = context.createRadialGradient(middle, middle, DOT_PX * 0.6, middle, middle, middle);
    glow.addColorStop(0, colours[relation]);
    glow.addColorStop(1, 'transparent');
    context.globalAlpha = 0.35;
    context.fillStyle = glow;
    context.fillRect(0, 0, SPRITE_PX, SPRITE_PX);
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(middle, middle, relation === 'stranger' ? DOT_PX - 0.8 : DOT_PX + 0.6, 0, 2 * Math.PI);
    context.fillStyle = colours[relation];
    context.fill();
    context.lineWidth = 1.4;
    context.strokeStyle = colours.rim;
    context.stroke();
    this.#sprites.set(key, sprite);
    return sprite;
  }
}
