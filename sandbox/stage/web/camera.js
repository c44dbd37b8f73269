/** Where the plane is on a canvas: one camera for all panels, so that they pan and zoom together. */

const CLOSEST = 40; // times
const SHARE = 0.98; // of the shorter side that the bounds take at zoom 1

/** The part of the plane that is seen. */
export class Camera {
  constructor() {
    this.bounds = [-3, 3];
    this.reset();
  }

  /** Show the bounds whole. */
  reset() {
    const middle = (this.bounds[0] + this.bounds[1]) / 2;
    [this.x, this.y, this.zoom] = [middle, middle, 1];
  }

  /** Show another space's bounds. @param {[number, number]} bounds */
  show(bounds) {
    if (bounds[0] === this.bounds[0] && bounds[1] === this.bounds[1]) return;
    this.bounds = bounds;
    this.reset();
  }

  /** The way between space units and pixels on a canvas of this size. */
  on(width, height) {
    const scale = (this.zoom * SHARE * Math.min(width, height)) / (this.bounds[1] - this.bounds[0]);
    const [left, top] = [width / 2 - this.x * scale, height / 2 + this.y * scale];
    return {
      scale,
      width,
      height,
      px: (x) => left + x * scale,
      py: (y) => top - y * scale,
      x: (px) => (px - left) / scale,
      y: (py) => (top - py) / scale,
    };
  }

  /** Zoom by a factor and keep a place where it is: `at` = [x, y], space units. */
  zoomBy(factor, at) {
    const zoom = Math.min(Math.max(this.zoom * factor, 1), CLOSEST);
    const ratio = this.zoom / zoom;
    this.x = at[0] + (this.x - at[0]) * ratio;
    this.y = at[1] + (this.y - at[1]) * ratio;
    this.zoom = zoom;
    this.hold();
  }

  /** Move by space units. */
  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.hold();
  }

  /** Keep the middle on the part of the plane that there is, the nearer to its own middle the less is magnified. */
  hold() {
    const half = (this.bounds[1] - this.bounds[0]) / 2;
    const middle = (this.bounds[0] + this.bounds[1]) / 2;
    const room = half * (1 - 1 / this.zoom) * 1.25;
    this.x = Math.min(Math.max(this.x, middle - room), middle + room);
    this.y = Math.min(Math.max(this.y, middle - room), middle + room);
  }
}
