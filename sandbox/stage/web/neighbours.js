/** The card of the index: the pairs that it finds for DE and the place in the hand, as pictures with their captions. */

import { captionsNear, isGiven, makeCard, makeSentence, paintPicture, quoted } from "./cards.js";
import { make, say } from "./dom.js";
import { makeLatest } from "./latest.js";
import { placeOnTrack, TRACK, valueOnTrack } from "./logtrack.js";
import { foundWords, squaredWords } from "./nearbywords.js";

const FOUND = 8; // pairs
const SCALE = "desc_scale";
const ENDS = [0.01, 10000]; // of the slider: below and above nothing changes any more
const STEP = 5; // of the track: an arrow key goes on by a fifteenth
const MOST_SIZE = 64; // pixels of a picture

/**
 * @param {Object} page
 * @returns {{element: HTMLElement, update: () => void}}
 */
export function makeNeighbours(page) {
  const lead = make("p", {
    class: "note",
    text: "The index holds every pair and looks for the nearest ones by "
      + "|desc_scale · (DE − description)|² + |R − image|². A coalescer learns to jump to its first answer.",
  });
  const says = makeSentence();
  const input = make("input", {
    type: "range", min: 0, max: TRACK, step: STEP, "aria-label": "Weight of the description, desc_scale",
    oninput: () => page.set(SCALE, Number(valueOnTrack(ENDS, Number(input.value)).toPrecision(3))),
  });
  const now = make("output", {});
  const slide = make("label", { class: "slide" }, make("span", { text: SCALE }), now, input);
  const key = make(
    "p", { class: "key" },
    make("span", { class: "word", text: "description" }), make("span", { class: "place", text: "place" }),
    "two parts of the squared distance",
  );
  const items = Array.from({ length: FOUND }, makeItem);
  const look = { class: "found", "aria-label": "The nearest pairs, nearest first" };
  const list = make("ol", look, ...items.map((item) => item.element));
  const failure = make("p", { role: "status", hidden: true });
  const { element, dress } = makeCard("neighbours", "What the index answers", lead, slide, says.element, list, key, failure);

  const pictures = makeLatest(
    ({ image, size }) => page.decode(image, size).then((pixels) => ({ pixels, size })),
    ({ pixels, size }) => pixels && items.forEach(({ canvas }, i) => paintPicture(canvas, pixels, size, i)),
  );
  const pairs = makeLatest((question) => page.client.answer("nearest", question), (answer, question) => {
    const { world } = page;
    say(failure, answer.error ?? "");
    failure.hidden = !answer.error;
    if (answer.error || world?.name !== question.shared.space) return;
    const size = Math.min(world.learned?.size ?? MOST_SIZE, MOST_SIZE);
    pictures.want({ image: answer.image, size }, `${world.name} ${answer.index}`);
    const told = foundOf(world, answer, question);
    says.tell(foundWords(told, question));
    items.forEach((item, i) => showItem(item, told.pairs[i], told.most, size));
  });

  function update() {
    dress(page.ink());
    const scale = page.state.get(SCALE);
    say(now, String(scale));
    input.value = String(placeOnTrack(ENDS, scale));
    input.setAttribute("aria-valuetext", String(scale));
    if (!page.world || page.world.error) return;
    const given = isGiven(page.description);
    const meant = given && captionsNear(page.captions, page.description)[0]?.caption.name;
    pairs.want({
      shared: { ...page.shared(), concept: "none", seed: 0 }, // which the index is not told
      place: [...page.place],
      description: given ? Array.from(page.description) : null,
      desc_scale: scale,
      k: FOUND,
      apart: !given,
      meant: meant || "none",
    });
  }
  return { element, update };
}

/** The pairs of an answer as the card shows them; `most` is the largest squared distance. */
function foundOf({ concepts, regions }, answer, { description, meant }) {
  const known = concepts.find((one) => one.name === meant);
  const pairs = Array.from(answer.index, (_, i) => {
    const region = regions[answer.region[i]].name;
    const fitting = concepts.filter((one) => one.regions.includes(region)).map((one) => one.name);
    return {
      fits: !known || known.regions.includes(region),
      captions: description ? [concepts[answer.caption[i]].name] : fitting,
      described: answer.described[i],
      placed: answer.placed[i],
    };
  });
  return {
    pairs,
    pictures: new Set(answer.same).size,
    nearer: answer.nearer,
    most: Math.max(...pairs.map(({ described, placed }) => described + placed), 1e-12),
  };
}

function makeItem() {
  const canvas = make("canvas", { role: "img", class: "grainy" });
  const [words, fit, number] = ["words", "fit", "number"].map((name) => make("span", { class: name }));
  const [word, place] = ["word", "place"].map((name) => make("i", { class: name }));
  const parts = make("span", { class: "parts", "aria-hidden": "true" }, word, place);
  const element = make("li", { hidden: true }, canvas, words, fit, parts, number);
  return { element, canvas, words, fit, number, word, place };
}

function showItem({ element, canvas, words, fit, number, word, place }, pair, most, size) {
  element.hidden = !pair;
  if (!pair) return;
  const { captions, described, placed, fits } = pair;
  canvas.classList.toggle("grainy", size < 16);
  say(words, captions.map(quoted).join(", "));
  canvas.setAttribute("aria-label", `The picture of a pair under ${captions[0]}`);
  element.classList.toggle("other", !fits);
  say(fit, fits ? "fits" : "✗ is something else");
  say(number, squaredWords(described, placed));
  word.style.width = `${(100 * described) / most}%`;
  place.style.width = `${(100 * placed) / most}%`;
}
