/**
 * Mouse, pen and fingers on the plane: pointing, setting R and dragging it, panning and zooming all panels together.
 */

import { placeAt } from "./marks.js";
import { positionOf } from "./transport.js";

const NEAR = 14; // pixels: what is pointed at
const GRAB = 20; // pixels: how near R is taken up
const STILL = 4; // pixels: what moves less was a click

/** Let a panel answer to pointers. @param {Object} stage @param {Object} panel */
export function listenToPointers(stage, panel) {
  const canvas = panel.moving;
  const fingers = new Map();
  let held = null;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const onPlane = ([x, y]) => {
    const on = panel.paint.on();
    return [on.x(x), on.y(y)];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    const at = place(event);
    fingers.set(event.pointerId, at);
    canvas.setPointerCapture(event.pointerId);
    if (fingers.size === 2) {
      held = { what: "pinch", span: spanOf(fingers), middle: middleOf(fingers) };
      return;
    }
    const pin = pinNear(stage, panel, at);
    if (pin) stage.activate(pin);
    const draws = stage.camera.zoom === 1 && event.pointerType !== "touch";
    held = { what: pin ? "pin" : draws ? "draw" : "pan", from: at, last: at, moved: false, extra: event.shiftKey };
  });

  canvas.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (!held) return stage.point(nearestPoint(stage, panel, at));
    fingers.set(event.pointerId, at);
    if (held.what === "pinch") return pinch(at);
    if (!held.moved && Math.hypot(at[0] - held.from[0], at[1] - held.from[1]) < STILL) return undefined;
    if (!held.moved && held.what !== "pan") stage.take("hand");
    if (!held.moved && held.what === "draw") stage.setR(onPlane(held.from), held.extra);
    held.moved = true;
    if (held.what === "pan") {
      const { scale } = panel.paint.on();
      stage.pan((held.last[0] - at[0]) / scale, (at[1] - held.last[1]) / scale);
    } else {
      stage.moveR(onPlane(at));
    }
    held.last = at;
    return undefined;
  });

  const pinch = () => {
    if (fingers.size < 2) return;
    const [span, middle] = [spanOf(fingers), middleOf(fingers)];
    const { scale } = panel.paint.on();
    stage.zoom(span / held.span, onPlane(middle));
    stage.pan((held.middle[0] - middle[0]) / scale, (middle[1] - held.middle[1]) / scale);
    Object.assign(held, { span, middle });
  };

  const lift = (event) => {
    fingers.delete(event.pointerId);
    if (held && held.what !== "pinch" && !held.moved && event.type === "pointerup" && held.what !== "pin") {
      stage.setR(onPlane(held.from), held.extra);
      stage.settle();
    }
    if (held?.moved) stage.release();
    const [last] = fingers.values(); // a finger that is left pans
    held = last ? { what: "pan", last, moved: true } : null;
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => held || stage.point(-1));
  // On the plane, not the canvas: the first click sets R, and the second then falls on R's handle.
  panel.plane.addEventListener("dblclick", () => stage.showAll());
  canvas.addEventListener("wheel", (event) => {
    if (stage.element.classList.contains("stacked") && !event.ctrlKey) return; // the page scrolls there
    event.preventDefault();
    stage.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), onPlane(place(event)));
  }, { passive: false });
}

/** A handle on R, which keyboard and fingers take hold of. @param {Object} stage @param {Object} panel */
export function placeHandle(stage, panel) {
  const pin = stage.activePin();
  let handle = panel.hands.firstChild;
  if (!pin) {
    handle?.remove();
    return;
  }
  if (!handle) {
    handle = document.createElement("button");
    handle.type = "button";
    handle.className = "handle";
    handle.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      handle.setPointerCapture(event.pointerId);
      stage.take("hand");
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const box = panel.moving.getBoundingClientRect();
      const on = panel.paint.on();
      stage.moveR([on.x(event.clientX - box.left), on.y(event.clientY - box.top)]);
    });
    handle.addEventListener("pointerup", () => stage.release());
    handle.addEventListener("pointercancel", () => stage.release());
    panel.hands.append(handle);
  }
  const on = panel.paint.on();
  const [x, y] = [on.px(pin.start[0]), on.py(pin.start[1])];
  const inside = x >= 0 && y >= 0 && x <= panel.paint.width && y <= panel.paint.height;
  handle.hidden = !inside;
  handle.style.transform = `translate(${x}px, ${y}px)`;
  const [what, rest] = stage.payload.place ? ["The place asked about", ""] : ["R", ", Escape takes it away"];
  const words = `${what} at ${pin.start.map((part) => part.toFixed(2)).join(", ")}; arrow keys move it${rest}`;
  if (handle.getAttribute("aria-label") !== words) handle.setAttribute("aria-label", words);
}

function pinNear(stage, panel, [x, y]) {
  const on = panel.paint.on();
  return stage.pins.find((pin) => Math.hypot(on.px(pin.start[0]) - x, on.py(pin.start[1]) - y) < GRAB) ?? null;
}

/** The drawn point whose start, or whose place now, is pointed at; -1 for none. */
function nearestPoint(stage, panel, [x, y]) {
  const paths = panel.paths();
  if (!paths) return -1;
  const on = panel.paint.on();
  const at = positionOf(stage, paths);
  let [best, away] = [-1, NEAR];
  for (let i = 0; i < Math.min(paths.count, stage.state.get("points")); i += 1) {
    for (const [px, py] of [placeAt(paths, i, 0), placeAt(paths, i, at)]) {
      const distance = Math.hypot(on.px(px) - x, on.py(py) - y);
      if (distance < away) [best, away] = [i, distance];
    }
  }
  return best;
}

function spanOf(fingers) {
  const [[ax, ay], [bx, by]] = [...fingers.values()];
  return Math.max(Math.hypot(ax - bx, ay - by), 1);
}

function middleOf(fingers) {
  const [[ax, ay], [bx, by]] = [...fingers.values()];
  return [(ax + bx) / 2, (ay + by) / 2];
}
