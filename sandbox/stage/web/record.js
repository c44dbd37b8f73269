/** A pen that writes SVG: the part of CanvasRenderingContext2D that the drawing code uses. */

const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Records what is drawn as SVG. */
export class SvgPen {
  /** @param {number} width @param {number} height pixels */
  constructor(width, height) {
    Object.assign(this, { width, height, parts: [], path: "", dash: [], clips: 0, open: 0, opened: [] });
    Object.assign(this, { globalAlpha: 1, fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, font: "12px sans-serif" });
    Object.assign(this, { textAlign: "left", textBaseline: "alphabetic", lineJoin: "miter", imageSmoothingEnabled: true });
  }

  beginPath() {
    this.path = "";
  }

  moveTo(x, y) {
    this.path += `M${short(x)} ${short(y)}`;
  }

  lineTo(x, y) {
    this.path += `L${short(x)} ${short(y)}`;
  }

  closePath() {
    this.path += "Z";
  }

  /** A whole circle, which is all that is drawn. */
  arc(x, y, r) {
    this.path += `M${short(x + r)} ${short(y)}A${short(r)} ${short(r)} 0 1 0 ${short(x - r)} ${short(y)}`;
    this.path += `A${short(r)} ${short(r)} 0 1 0 ${short(x + r)} ${short(y)}Z`;
  }

  fill(rule = "nonzero") {
    this.add(`<path d="${this.path}" fill="${escaped(this.fillStyle)}" fill-rule="${rule}"`);
  }

  stroke() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.map(short).join(" ")}"` : "";
    const line = `stroke="${escaped(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}" stroke-linejoin="${this.lineJoin}"`;
    this.add(`<path d="${this.path}" fill="none" ${line}${dash}`);
  }

  fillRect(x, y, width, height) {
    const box = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
    this.add(`<rect ${box} fill="${escaped(this.fillStyle)}"`);
  }

  fillText(text, x, y) {
    this.write(text, x, y, `fill="${escaped(this.fillStyle)}"`);
  }

  strokeText(text, x, y) {
    this.write(text, x, y, `fill="none" stroke="${escaped(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}"`);
  }

  write(text, x, y, paint) {
    const anchor = { left: "start", center: "middle", right: "end" }[this.textAlign];
    const base = { top: "hanging", middle: "central", bottom: "text-after-edge" }[this.textBaseline] ?? "alphabetic";
    const look = `text-anchor="${anchor}" dominant-baseline="${base}" style="font:${escaped(this.font)}"`;
    this.parts.push(`<text x="${short(x)}" y="${short(y)}" ${look} ${paint}${this.alpha()}>${escaped(text)}</text>`);
  }

  drawImage(picture, x, y, width, height) {
    const box = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" preserveAspectRatio="none"`;
    this.add(`<image ${box} href="${picture.toDataURL()}"`);
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
    this.parts.push(`<g transform="translate(${short(x)} ${short(y)})">`);
    this.open += 1;
  }

  /** What follows is drawn inside this box only. */
  clipTo(x, y, width, height) {
    this.clips += 1;
    const box = `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"/>`;
    this.parts.push(`<clipPath id="clip${this.clips}">${box}</clipPath><g clip-path="url(#clip${this.clips})">`);
    this.open += 1;
  }

  add(start) {
    this.parts.push(`${start}${this.alpha()}/>`);
  }

  alpha() {
    return this.globalAlpha === 1 ? "" : ` opacity="${short(this.globalAlpha)}"`;
  }

  /** The whole picture as text. */
  text() {
    const size = `width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${this.parts.join("\n")}\n</svg>\n`;
  }
}

function short(number) {
  return String(Math.round(number * 100) / 100);
}

function escaped(text) {
  return String(text).replace(/[&<>"']/g, (letter) => ESCAPED[letter]);
}
