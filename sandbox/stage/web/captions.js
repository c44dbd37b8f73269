// Captions: what a text asks for, as sandbox/learned/captions.py finds it, and how captions are built word by word.

const LETTERS = 200; // of a text that is looked at
const LISTED = 24; // words that a sentence lists
const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u; // what Python splits at

/** The text in small letters, with single blanks and without a full stop at its end. @param {string} text */
export function plain(text) {
  const words = text.toLowerCase().normalize("NFC").split(BLANKS).filter(Boolean);
  return words.join(" ").replace(/[. ]+$/, "");
}

/**
 * The caption that a text says, or a sentence where none does.
 * @param {string} text
 * @param {string[]} captions
 * @param {string} name of the set of pictures that has them
 * @returns {{caption: string}|{error: string}}
 */
export function findCaption(text, captions, name) {
  const length = [...text].length;
  if (length > LETTERS) {
    const counted = length.toLocaleString("en-US");
    return { error: `A caption has at most ${LETTERS} letters, and this text has ${counted}.` };
  }
  const asked = plain(text);
  if (captions.includes(asked)) return { caption: asked };
  const known = [...new Set(captions.flatMap((caption) => caption.split(" ")))].sort();
  const strange = asked.split(" ").filter(Boolean).find((word) => !known.includes(word));
  if (strange !== undefined) {
    const rest = known.length > LISTED ? ` and ${known.length - LISTED} others` : "";
    const listed = known.slice(0, LISTED).join(", ") + rest;
    return { error: `${quoted(strange)} is no word that the captions of ${name} use; they use ${listed}.` };
  }
  const nearest = captions.reduce((best, caption) => (isNearer(asked, caption, best) ? caption : best));
  return { error: `No caption of ${name} says ${quoted(asked)}; for instance: ${quoted(nearest)}.` };
}

/** Whether a caption has more words in common with what is asked than another, or as many and fewer others. */
function isNearer(asked, caption, other) {
  const [[common, more], [than, others]] = [caption, other].map((one) => {
    const [mine, words] = [new Set(asked.split(" ").filter(Boolean)), new Set(one.split(" "))];
    return [[...words].filter((word) => mine.has(word)).length, words.size];
  });
  return common > than || (common === than && more < others);
}

/** A text in quotation marks, as Python writes it. */
function quoted(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const written = [...text].map((letter) => {
    if (letter === "\\" || letter === mark) return `\\${letter}`;
    if (/[\p{C}\p{Z}]/u.test(letter) && letter !== " ") return escaped(letter.codePointAt(0));
    return letter;
  });
  return mark + written.join("") + mark;
}

function escaped(code) {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/**
 * The words that can come next, in the order of the captions.
 * @param {string[]} captions
 * @param {string[]} words that there are
 */
export function nextWords(captions, words) {
  const rows = captions.map((caption) => caption.split(" "));
  const fitting = rows.filter((row) => row.length > words.length && words.every((word, i) => row[i] === word));
  return [...new Set(fitting.map((row) => row[words.length]))];
}

/** The words with those that must follow, as long as they say no caption and only one word can come next. */
export function completed(captions, words) {
  const whole = [...words];
  for (let next = nextWords(captions, whole); next.length === 1 && !captions.includes(whole.join(" "));) {
    whole.push(next[0]);
    next = nextWords(captions, whole);
  }
  return whole;
}
