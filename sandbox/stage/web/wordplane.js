/** The card of descriptions: their plane, in which DE is dragged, and beside it what each method draws for it. */

import { captionsNear, isGiven, makeCard, makeSentence, paintPicture, quoted } from "./cards.js";
import { button, make, say } from "./dom.js";
import { drawWords, spanOfCaptions, whereWords, wordCamera } from "./wordmap.js";

const NEAR = 12; // pixels: the caption that is pointed at, or that DE is dropped on
const GRAB = 20; // pixels: how near DE is taken up
const STILL = 4; // pixels: what moves less was a click
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const STEPS = { coarse: 1 / 20, fine: 1 / 100 }; // of the plane's half side
const PATIENCE = 500; // milliseconds that pictures of another place in the plane stay as they are
const BEYOND = 1.25; // times the half side: further DE cannot be dragged

/**
 * @param {Object} page
 * @returns {{element: HTMLElement, update: () => void}}
 */
export function makeWordPlane(page) {
  const canvas = make("canvas", { role: "img" });
  const handle = make("button", { type: "button", class: "hold", hidden: true });
  const map = make("div", { class: "wordmap" }, canvas, handle);
  const says = makeSentence();
  const note = make("p", {
    class: "note",
    text: "Each mark is a caption, where the text autoencoder puts it; a ring is true of several kinds of picture. Drag DE (+) "
      + "from one to another, or move it with the arrow keys (with Shift finely). Click a caption to ask for it; Enter asks "
      + "for the nearest.",
  });
  const back = button("Back to the caption", () => page.setDescription(null));
  const drawn = make("div", { class: "drawn" });
  const words = "Descriptions have more than two dimensions here, and so no plane to drag in.";
  const flat = make("p", { hidden: true, text: words });
  const left = make("div", { class: "side" }, map, says.element, make("div", { class: "row" }, back));
  const sides = make("div", { class: "sides" }, left, drawn);
  const { element, dress } = makeCard("wordplane", "Descriptions have a plane of their own", sides, note, flat);
  let [pointed, held] = [null, null];

  const plane = () => {
    const [width, height] = [map.clientWidth, map.clientHeight];
    const span = spanOfCaptions(page.captions);
    return { width, height, span, on: wordCamera(span, width, height) };
  };
  const asked = () => page.state.get(page.captionControl ?? "concept");
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const captionAt = ([px, py]) => {
    const { on } = plane();
    const away = ({ embedding: [x, y] }) => Math.hypot(on.px(x) - px, on.py(y) - py);
    const near = page.captions.reduce((best, one) => (best && away(best) <= away(one) ? best : one), null);
    return near && away(near) <= NEAR ? near : null;
  };
  const ask = (caption) => {
    page.setDescription(null);
    page.set(page.captionControl ?? "concept", caption.name);
  };
  const move = (description) => {
    const { span: { middle, half } } = plane();
    const within = (part, axis) => Math.min(Math.max(part, middle[axis] - BEYOND * half), middle[axis] + BEYOND * half);
    page.setDescription(Float32Array.from(description, within));
  };
  const moveTo = ([px, py]) => {
    const { on } = plane();
    move([on.x(px), on.y(py)]);
  };
  /** DE was let go: on a caption it is that caption's. */
  const drop = () => {
    if (!isGiven(page.description)) return;
    const { on } = plane();
    const caption = captionAt([on.px(page.description[0]), on.py(page.description[1])]);
    if (caption) ask(caption);
  };

  const begin = (event, target) => {
    if (event.button > 0) return;
    target.setPointerCapture(event.pointerId);
    const at = place(event);
    const { on } = plane();
    const [x, y] = isGiven(page.description) ? page.description : [Infinity, Infinity];
    const takes = target === handle || Math.hypot(on.px(x) - at[0], on.py(y) - at[1]) < GRAB;
    held = { from: at, caption: captionAt(at), takes, moves: takes || event.pointerType !== "touch", moved: false };
  };
  const drag = (event) => {
    const at = place(event);
    if (!held) {
      const now = captionAt(at)?.name ?? null;
      canvas.classList.toggle("over", now !== null);
      if (now !== pointed) {
        pointed = now;
        paint();
      }
      return;
    }
    if (!held.moved && Math.hypot(at[0] - held.from[0], at[1] - held.from[1]) < STILL) return;
    held.moved = true;
    if (held.moves) moveTo(at);
  };
  const end = (event) => {
    const was = held;
    held = null;
    if (!was || event.type === "pointercancel") return;
    if (was.moved) {
      if (was.moves) drop();
    } else if (was.caption) ask(was.caption);
    else if (!was.takes) moveTo(was.from);
  };
  for (const target of [canvas, handle]) {
    target.addEventListener("pointerdown", (event) => begin(event, target));
    target.addEventListener("pointermove", drag);
    target.addEventListener("pointerup", end);
    target.addEventListener("pointercancel", end);
  }
  canvas.addEventListener("pointerleave", () => {
    if (held || pointed === null) return;
    pointed = null;
    paint();
  });
  handle.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = plane().span.half * (event.shiftKey ? STEPS.fine : STEPS.coarse);
    if (way) move(way.map((part, k) => page.description[k] + part * step));
    else if (event.key === "Enter") ask(captionsNear(page.captions, page.description)[0].caption);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the page has arrow keys of its own
  });
  new ResizeObserver(() => paint()).observe(map);

  function paint() {
    const { width, height, on } = plane();
    const pen = canvas.getContext?.("2d");
    const flatHere = page.captions[0]?.embedding.length !== 2;
    if (!width || !page.world || page.world.error || flatHere || !pen) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const description = isGiven(page.description) ? page.description : null;
    const letters = Math.max(12, parseFloat(getComputedStyle(map).fontSize) * 0.85);
    drawWords(pen, on, {
      captions: page.captions, world: page.world, ink: page.ink(), asked: asked(), pointed, description, width, height, letters,
    });
    handle.hidden = !description;
    if (!description) return;
    const inside = (at, side) => Math.min(Math.max(at, 0), side);
    const [px, py] = [inside(on.px(description[0]), width), inside(on.py(description[1]), height)];
    handle.style.transform = `translate(${px}px, ${py}px)`;
  }

  function update() {
    dress(page.ink());
    if (!page.world || page.world.error || !page.captions.length) return;
    const two = page.captions[0].embedding.length === 2;
    [flat.hidden, sides.hidden, says.element.hidden, note.hidden] = [two, !two, !two, !two];
    if (!two) return;
    const given = isGiven(page.description);
    const where = given
      ? whereWords(page.captions, page.description, plane().span.half)
      : "Nothing is asked, so there is no DE: click a caption, or any place in the plane.";
    says.tell(where);
    canvas.setAttribute("aria-label", `The plane of descriptions with ${page.captions.length} captions. ${where}`);
    const at = given ? [...page.description].map((part) => part.toFixed(2)).join(", ") : "";
    handle.setAttribute("aria-label", `DE at ${at}; arrow keys move it, Enter asks for the nearest caption`);
    back.disabled = !given || captionsNear(page.captions, page.description)[0].away < 1e-4;
    const own = page.captions.find(({ name }) => name === asked());
    say(back, own ? `Back to ${quoted(own.name)}` : "Back to no description");
    if (!own) back.disabled = !given;
    paint();
    showDrawn(drawn, page);
  }
  return { element, update };
}

/** What each method draws for DE: a row of pictures each; the last ones stay until there are others, after a while paler. */
function showDrawn(box, { drawn, world }) {
  if (!drawn) {
    box.fading ??= setTimeout(() => box.classList.add("old"), PATIENCE);
    return;
  }
  clearTimeout(box.fading);
  box.fading = undefined;
  box.classList.remove("old");
  while (box.children.length > drawn.length) box.lastChild.remove();
  drawn.forEach(({ label, colour, pixels, size, count }, i) => {
    let row = box.children[i];
    if (!row) {
      const title = make("h3", {}, make("i", { "aria-hidden": "true" }), make("span"));
      row = make("div", {}, title, make("div", { class: "strip", role: "img" }));
      box.append(row);
    }
    const [title, strip] = row.children;
    title.firstChild.style.background = colour;
    say(title.lastChild, label);
    strip.setAttribute("aria-label", `${count} pictures that ${label} draws for DE`);
    while (strip.children.length > count) strip.lastChild.remove();
    while (strip.children.length < count) strip.append(make("canvas", {}));
    [...strip.children].forEach((each, k) => {
      each.classList.toggle("grainy", (world.learned?.size ?? size) < 16);
      paintPicture(each, pixels, size, k);
    });
  });
}
