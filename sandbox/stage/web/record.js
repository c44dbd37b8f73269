/** A pen that writes SVG: the part of CanvasRenderingContext2D that the drawing code uses. */

const SVG_ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const MEAN_LETTER = 0.55; // the mean width of a letter, of its size

/** Records what is drawn as SVG. */
export class SvgPen {
  /** @param {number} width @param {number} height pixels */
  constructor(width, height) {
    Object.assign(this, { width, height, parts: [], path: "", dash: [], clips: 0, open: 0, opened: [] });
    Object.assign(this, { globalAlpha: 1, fillStyle: "#000", strokeStyle: "#000", lineWidth: 1 });
    Object.assign(this, { font: "12px sans-serif", textAlign: "left", textBaseline: "alphabetic", lineJoin: "miter" });
  }

  beginPath() {
    this.path = "";
  }

  moveTo(x, y) {
    this.path += `M${svgNumber(x)} ${svgNumber(y)}`;
  }

  lineTo(x, y) {
    this.path += `L${svgNumber(x)} ${svgNumber(y)}`;
  }

  closePath() {
    this.path += "Z";
  }

  /** A whole circle, which is all that is drawn. */
  arc(x, y, r) {
    const half = (side) => `A${svgNumber(r)} ${svgNumber(r)} 0 1 0 ${svgNumber(x + side * r)} ${svgNumber(y)}`;
    this.path += `M${svgNumber(x + r)} ${svgNumber(y)}${half(-1)}${half(1)}Z`;
  }

  fill(rule = "nonzero") {
    this.add(`<path d="${this.path}" fill="${svgEscaped(this.fillStyle)}" fill-rule="${rule}"`);
  }

  stroke() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.map(svgNumber).join(" ")}"` : "";
    const line = `${this.edge()} stroke-linejoin="${this.lineJoin}"`;
    this.add(`<path d="${this.path}" fill="none" ${line}${dash}`);
  }

  fillRect(x, y, width, height) {
    const box = svgBox(x, y, width, height);
    this.add(`<rect ${box} fill="${svgEscaped(this.fillStyle)}"`);
  }

  fillText(text, x, y) {
    this.write(text, x, y, `fill="${svgEscaped(this.fillStyle)}"`);
  }

  strokeText(text, x, y) {
    this.write(text, x, y, `fill="none" ${this.edge()}`);
  }

  /** About how wide a text is: there may be no canvas that could tell. */
  measureText(text) {
    const size = Number(/([\d.]+)px/.exec(this.font)?.[1] ?? 12);
    return { width: MEAN_LETTER * size * text.length };
  }

  write(text, x, y, paint) {
    const anchor = { left: "start", center: "middle", right: "end" }[this.textAlign];
    const base = { top: "hanging", middle: "central", bottom: "text-after-edge" }[this.textBaseline] ?? "alphabetic";
    const look = `text-anchor="${anchor}" dominant-baseline="${base}" style="font:${svgEscaped(this.font)}"`;
    this.parts.push(
      `<text x="${svgNumber(x)}" y="${svgNumber(y)}" ${look} ${paint}${this.alpha()}>${svgEscaped(text)}</text>`,
    );
  }

  drawImage(picture, x, y, width, height) {
    const box = svgBox(x, y, width, height);
    this.add(`<image ${box} preserveAspectRatio="none" href="${picture.toDataURL()}"`);
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  save() {
    this.opened.push(this.open);
    this.open = 0;
  }

  restore() {
    this.parts.push("</g>".repeat(this.open));
    this.open = this.opened.pop() ?? 0;
  }

  translate(x, y) {
    this.parts.push(`<g transform="translate(${svgNumber(x)} ${svgNumber(y)})">`);
    this.open += 1;
  }

  /** What follows is drawn inside this box only. */
  clipTo(x, y, width, height) {
    this.clips += 1;
    const box = `<rect ${svgBox(x, y, width, height)}/>`;
    this.parts.push(`<clipPath id="clip${this.clips}">${box}</clipPath><g clip-path="url(#clip${this.clips})">`);
    this.open += 1;
  }

  add(start) {
    this.parts.push(`${start}${this.alpha()}/>`);
  }

  edge() {
    return `stroke="${svgEscaped(this.strokeStyle)}" stroke-width="${svgNumber(this.lineWidth)}"`;
  }

  alpha() {
    return this.globalAlpha === 1 ? "" : ` opacity="${svgNumber(this.globalAlpha)}"`;
  }

  /** The whole picture as text. */
  text() {
    const size = `width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${this.parts.join("\n")}\n</svg>\n`;
  }
}

function svgBox(x, y, width, height) {
  return `x="${svgNumber(x)}" y="${svgNumber(y)}" width="${svgNumber(width)}" height="${svgNumber(height)}"`;
}

function svgNumber(number) {
  return String(Math.round(number * 100) / 100);
}

function svgEscaped(text) {
  return String(text).replace(/[&<>"']/g, (letter) => SVG_ESCAPED[letter]);
}
