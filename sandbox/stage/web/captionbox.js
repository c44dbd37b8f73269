/** What is asked for: a caption that is built word by word, or typed. */

import { completed, findCaption, nextWords, plain } from "./captions.js";
import { button, make, say } from "./dom.js";

const NONE = "none";
let boxes = 0;

/** @param {Object} page @returns {{element: HTMLElement, update: () => void, note: (words: string) => void}} */
export function makeCaptionBox(page) {
  const id = `captions-${(boxes += 1)}`;
  const pills = make("div", { class: "pills", role: "group", "aria-label": "The caption, word by word" });
  const list = make("datalist", { id });
  const typed = make("input", {
    type: "text", list: id, class: "typed", autocomplete: "off", placeholder: "or type a caption",
    "aria-label": "Type a caption", onchange: () => take(typed.value),
  });
  const said = make("p", { class: "refused", role: "alert", hidden: true });
  let words = null; // that are being put together; null: those of the caption
  const note = (sentence) => {
    said.hidden = !sentence;
    say(said, sentence);
  };
  const names = () => page.captions.map(({ name }) => name);
  const ask = (caption) => {
    note("");
    words = null;
    if (page.state.get("described")) page.setDescription(null);
    page.set("concept", caption);
    update();
  };
  const take = (text) => {
    if (!plain(text)) return;
    const found = plain(text) === NONE ? { caption: NONE } : findCaption(text, names(), page.world?.learned.pictures ?? "");
    if (found.error) return void note(found.error);
    typed.value = "";
    ask(found.caption);
  };
  const put = (next) => {
    const whole = completed(names(), next);
    if (names().includes(whole.join(" "))) return ask(whole.join(" "));
    note("");
    words = whole;
    return update();
  };
  const update = () => {
    const caption = page.state.get("concept");
    const now = words ?? (caption === NONE ? [] : caption.split(" "));
    const key = JSON.stringify([now, names(), caption, words]);
    if (pills.dataset.key === key) return;
    pills.dataset.key = key;
    const focused = pills.contains(pills.getRootNode().activeElement);
    const takeBack = (i) => button(`${now[i]} ✕`, () => put(now.slice(0, i)), {
      "aria-pressed": "true", "aria-label": `${now[i]}: take it back`,
    });
    const add = (word) => button(`${now.length ? "+ " : ""}${word}`, () => put([...now, word]), { class: "next" });
    const next = nextWords(names(), now);
    const none = button("nothing asked", () => ask(NONE), { "aria-pressed": String(caption === NONE && !words) });
    pills.replaceChildren(make("span", { text: "Ask for" }), ...now.map((_, i) => takeBack(i)), ...next.map(add), none);
    if (focused) pills.querySelector(".next, button")?.focus();
    list.replaceChildren(...[...names(), NONE].map((name) => make("option", { value: name })));
  };
  return { element: make("div", { class: "captions" }, pills, typed, list, said), update, note };
}
