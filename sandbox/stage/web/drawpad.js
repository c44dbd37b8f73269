/** The card to draw on: a picture by hand, where it stands in the plane, and what the index has near that place. */

import { isGiven, makeCard, makeSentence, paintPicture, pixelsOfGrey, quoted } from "./cards.js";
import { button, make, say } from "./dom.js";
import { makeEasel } from "./easel.js";
import { makeLatest } from "./latest.js";
import { plainNumber } from "./nearbywords.js";
import { pictureOf } from "./inked.js";
import { regionAt } from "./world.js";

const FOUND = 8; // pictures that are nearest
const GREY = 1; // channel of pictures that can be drawn

/**
 * @param {Object} page
 * @returns {{element: HTMLElement, update: () => void}}
 */
export function makeDrawPad(page) {
  const says = makeSentence();
  const note = make("p", {
    class: "note",
    text: "Draw with mouse, finger or pen; with the keyboard the arrow keys move a cell and the space bar inks it. A drawing "
      + "is moved and scaled to fill the picture, as the pictures of the data were.",
  });
  const small = make("canvas", { role: "img", class: "grainy" });
  const back = make("canvas", { role: "img", class: "grainy" });
  const easel = makeEasel(page, () => changed());
  const figure = (canvas, text) => make("figure", {}, canvas, make("figcaption", { text }));
  const pair = make("div", { class: "pair" }, figure(small, "as the encoder sees it"), figure(back, "decoded from its place"));
  const buttons = make(
    "div", { class: "row" }, button("Clear", () => clear()), button("Show a real one", () => showReal()),
  );
  const beside = make("div", {}, pair, says.element, buttons);
  const easels = make("div", { class: "easels" }, figure(easel.canvas, "draw here"), beside);
  const items = Array.from({ length: FOUND }, () => {
    const [canvas, words] = [make("canvas", { role: "img", class: "grainy" }), make("span", { class: "words" })];
    return { canvas, words, element: make("li", { hidden: true }, canvas, words) };
  });
  const headed = "The nearest pictures of the index, by their place alone, with their captions:";
  const title = make("p", { class: "note", text: headed });
  const list = make("ol", { class: "found" }, ...items.map(({ element }) => element));
  const failure = make("p", { role: "status", hidden: true });
  const whole = make("div", { class: "drawing", hidden: true }, easels, note, title, list, failure);
  const words = make("p", {});
  const offers = make("div", { class: "row" });
  const instead = make("div", { hidden: true }, words, offers);
  const { element, dress } = makeCard("drawpad", "Draw one yourself", whole, instead);

  // What stands on the easel: its picture, and once they are known its place and what that decodes to.
  let shown = { grey: null, place: null, error: null };

  const fail = (error) => {
    say(failure, error ?? "");
    failure.hidden = !error;
  };
  const encoding = makeLatest(async (question) => {
    const told = await page.client.answer("encode", question);
    if (!told || told.error) return told;
    const { size } = page.world.learned;
    return { places: told.places, pixels: await page.decode(told.places, size), size };
  }, ({ error, places, pixels, size }, { pixels: grey }) => {
    fail(error);
    if (error || !shown.grey || grey.length !== shown.grey.length) return;
    const levels = Float32Array.from(grey, (_, i) => pixels[4 * i] / 255);
    const apart = Math.sqrt(levels.reduce((sum, level, i) => sum + (level - grey[i]) ** 2, 0) / grey.length);
    shown = { ...shown, place: [...places], error: apart };
    paintPicture(back, pixels, size);
    page.setPlace([...places]);
    show();
  });
  const pictures = makeLatest(
    ({ image, size }) => page.decode(image, size).then((pixels) => ({ pixels, size })),
    ({ pixels, size }) => pixels && items.forEach(({ canvas }, i) => paintPicture(canvas, pixels, size, i)),
  );
  const pairs = makeLatest((question) => page.client.answer("nearest", question), (answer, { shared }) => {
    fail(answer.error);
    const { world } = page;
    if (answer.error || world?.name !== shared.space || !shown.place) return;
    pictures.want({ image: answer.image, size: world.learned.size }, `${world.name} ${answer.index}`);
    items.forEach((item, i) => {
      item.element.hidden = i >= answer.index.length;
      if (item.element.hidden) return;
      const region = world.regions[answer.region[i]].name;
      const captions = world.concepts.filter((one) => one.regions.includes(region)).map(({ name }) => quoted(name));
      say(item.words, captions.join(", "));
      item.canvas.setAttribute("aria-label", `The picture of a pair: ${region}`);
    });
    title.hidden = list.hidden = false;
  });

  const shared = () => ({ ...page.shared(), concept: "none", seed: 0 }); // which neither question is told

  /** The easel has another picture. */
  function changed() {
    const { size, ink } = page.world.learned;
    const grey = easel.grey() ?? pictureOf(easel.drawing, size, ink);
    if (!grey.some((level) => level > 0)) return clear();
    shown = { grey, place: null, error: null };
    paintPicture(small, pixelsOfGrey(grey), size);
    encoding.want({ shared: shared(), pixels: grey }, `${page.world.name} ${grey}`);
    return show();
  }

  function clear() {
    easel.clear();
    shown = { grey: null, place: null, error: null };
    for (const canvas of [small, back]) paintPicture(canvas, pixelsOfGrey([0]), 1);
    title.hidden = list.hidden = true;
    show();
  }

  async function showReal() {
    const { image } = page.world.pairs;
    const pair = Math.floor((Math.random() * image.length) / 2);
    const { size } = page.world.learned;
    const pixels = await page.decode(Float32Array.from(image.subarray(2 * pair, 2 * pair + 2)), size);
    easel.show(Float32Array.from({ length: size * size }, (_, i) => pixels[4 * i] / 255));
    changed();
  }

  function show() {
    const { world } = page;
    says.tell(wordsOf(shown, world));
    small.setAttribute("aria-label", shown.grey ? `The drawing in ${world.learned.size} rows of grey` : "Nothing yet");
    back.setAttribute("aria-label", shown.place ? "What the place of the drawing decodes to" : "Nothing yet");
    if (shown.place && isGiven(shown.place)) {
      pairs.want({ shared: shared(), place: shown.place, description: null, desc_scale: 1, k: FOUND, apart: true });
    }
  }

  let space = null;
  function update() {
    dress(page.ink());
    const { world } = page;
    if (!world || world.error) return;
    const draws = world.learned?.channels === GREY;
    [whole.hidden, instead.hidden] = [!draws, draws];
    if (!draws) return offer();
    if (space !== world.name) {
      space = world.name;
      easel.fit(world.learned.size);
      clear();
    }
    easel.paint();
    return show();
  }

  /** Where nothing can be drawn: the planes where something can. */
  function offer() {
    const { spaces } = page.payload;
    const others = Object.keys(spaces).filter((name) => spaces[name].channels === GREY);
    const more = others.length ? " Those of another plane are grey, and can be:" : "";
    say(words, `The pictures of this plane have colours and shades, and cannot be drawn by hand here.${more}`);
    if (offers.dataset.of === others.join()) return;
    offers.dataset.of = others.join();
    const go = (name) => () => page.set(page.spaceControl ?? "space", name);
    offers.replaceChildren(...others.map((name) => button(spaces[name].title, go(name))));
  }
  return { element, update };
}

/** Where a drawing stands, and how far what comes back is from it. */
function wordsOf({ grey, place, error }, world) {
  if (!grey) return "Draw something, and see where it stands in the plane.";
  if (!place) return "";
  const region = world.regions[regionAt(world, ...place)];
  const where = region ? `in the region of ${quoted(region.name)}` : "outside every region";
  const at = place.map((part) => part.toFixed(2).replace("-", "−")).join(", ");
  const [usual, most] = world.learned.error;
  const apart = `What comes back from there differs from it by ${plainNumber(error)} (root mean square; 1 is black to white)`;
  const real = `19 in 20 real pictures come back within ${plainNumber(most)}`;
  if (error <= usual) return `It stands at ${at}, ${where}. ${apart}, less than for half of the real pictures.`;
  if (error <= most) return `It stands at ${at}, ${where}. ${apart}, as a real one’s may: ${real}.`;
  return `It stands at ${at}, ${where}. ${apart}; ${real}. So it is unlike them, and what comes back is another picture.`;
}
