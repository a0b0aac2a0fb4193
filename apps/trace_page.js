"use strict";

const trace = JSON.parse(document.getElementById("trace").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const byId = (id) => document.getElementById(id);

/** An element with text and children; text from the trace never becomes markup. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// ---- values

function decode(base64) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** The point's values by kind; null where this code recorded none. Decoded when they are first looked at. */
function valuesOf(point) {
  if (!point.values) {
    const expected = decode(point.expected);
    const actual = point.actual === null ? null : decode(point.actual);
    const difference = actual && actual.map((x, i) => (Object.is(x, expected[i]) ? 0 : x - expected[i]));
    point.values = { expected, actual, difference };
  }
  return point.values;
}

const largest = (values) => values.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);

/** A number with so many significant digits, as a power of ten where it is very small or large. */
function digits(x, count) {
  if (!Number.isFinite(x) || x === 0) return String(x);
  const size = Math.abs(x);
  if (size < 1e-3 || size >= 1e6) return x.toExponential(count - 1).replace(/\.?0*e/, "e");
  return String(Number(x.toPrecision(count)));
}
const show = (x) => digits(x, 6);
const brief = (x) => digits(x, 2);

/** A token's text on an axis: short, and with what can't be seen made visible. */
function pieceAt(index) {
  const piece = trace.pieces[index];
  if (piece === undefined) return String(index);
  const text = piece.replace(/\n/g, "⏎").replace(/[\p{Cc}\p{Cf}]/gu, "�").trim() || "␣";
  const letters = [...text];
  return letters.length > 9 ? letters.slice(0, 8).join("") + "…" : text;
}

// ---- colours: neutral at zero, blue below, red above, lightness telling how far

const palettes = {
  light: { zero: [245, 245, 242], above: [[232, 140, 104], [128, 8, 32]], below: [[108, 172, 212], [6, 44, 98]], nan: [214, 0, 214] },
  dark: { zero: [44, 47, 52], above: [[196, 84, 52], [255, 208, 178]], below: [[58, 116, 190], [188, 224, 255]], nan: [255, 80, 255] },
};
const palette = () => (dark.matches ? palettes.dark : palettes.light);

function colour(x, scale) {
  const { zero, above, below, nan } = palette();
  if (Number.isNaN(x)) return nan;
  const t = scale > 0 ? Math.max(-1, Math.min(1, x / scale)) : Math.sign(x);
  const [middle, end] = t < 0 ? below : above;
  const near = Math.abs(t) < 0.5;
  const [from, to] = near ? [zero, middle] : [middle, end];
  const share = near ? 2 * Math.abs(t) : 2 * Math.abs(t) - 1;
  return from.map((value, i) => value + share * (to[i] - value));
}

// ---- which cell of a map shows which element

/** Labelled grids of one tensor: one for each head of attention weights, else one. */
function gridsOf(point) {
  const { shape, axes } = point;
  const last = shape[shape.length - 1];
  const count = shape.reduce((product, size) => product * size, 1);
  const place = (flat) => {
    const index = [];
    for (let dim = shape.length - 1; dim >= 0; flat = Math.floor(flat / shape[dim]), --dim) index.unshift(flat % shape[dim]);
    return index.map((i, dim) => `${axes[dim]} ${i}${isToken(axes[dim], shape[dim]) ? ` “${pieceAt(i)}”` : ""}`).join(", ");
  };
  const common = { place, flat: (row, column) => row * last + column };
  if (axes[0] === "head" && shape.length === 3) {
    const [heads, queries, keys] = shape;
    return Array.from({ length: heads }, (_, head) => ({
      ...common, title: `head ${head}`, rows: queries, columns: keys, rowAxis: "query", columnAxis: "key",
      rowLabel: pieceAt, columnLabel: pieceAt, flat: (row, column) => (head * queries + row) * keys + column,
    }));
  }
  if (count === last) {  // one long row, in lines one below the other
    const columns = Math.min(last, 2 ** Math.ceil(Math.log2(2 * Math.sqrt(last))));
    return [{
      ...common, rows: Math.ceil(last / columns), columns, rowAxis: `first ${axes[axes.length - 1]} of the line`,
      columnAxis: `+ ${axes[axes.length - 1]}`, rowLabel: (row) => String(row * columns),
      flat: (row, column) => (row * columns + column < last ? row * columns + column : -1),
    }];
  }
  const rows = shape[0], columns = count / rows;
  const group = shape.length === 3 ? { size: last, name: axes[1] } : null;
  return [{
    ...common, rows, columns, group, rowAxis: axes[0], columnAxis: axes.slice(1).join(" × "),
    rowLabel: isToken(axes[0], rows) ? pieceAt : String, flat: (row, column) => row * columns + column,
  }];
}

function isToken(axis, size) {
  return ["token", "position", "query", "key"].includes(axis) && size === trace.pieces.length;
}

// ---- drawing

const LABELS = 74, AXIS = 18, LETTERS = "11px system-ui, sans-serif";

/** Draws one grid and returns where its cells are. As many as `share` of them go side by side. */
function draw(canvas, grid, values, scale, share) {
  const tilted = Boolean(grid.columnLabel);
  const room = (byId("maps").clientWidth - 20 * share) / share - LABELS - AXIS - 24;
  const width = Math.max(tilted ? 12 : share, Math.min(18, Math.floor(room / grid.columns)), 1);
  const height = Math.max(2, Math.min(tilted ? 18 : 14, Math.floor(420 / grid.rows)));
  const top = tilted ? 64 : grid.group ? AXIS : 4;
  const cells = { left: LABELS + AXIS, top, width, height };
  const size = [cells.left + grid.columns * width + 24, top + grid.rows * height + 2 * AXIS];
  const ratio = window.devicePixelRatio || 1;
  [canvas.width, canvas.height] = size.map((x) => Math.ceil(x * ratio));
  [canvas.style.width, canvas.style.height] = size.map((x) => `${x}px`);

  const image = new ImageData(grid.columns, grid.rows);
  for (let row = 0; row < grid.rows; ++row) {
    for (let column = 0; column < grid.columns; ++column) {
      const flat = grid.flat(row, column);
      if (flat >= 0) image.data.set([...colour(values[flat], scale), 255], 4 * (row * grid.columns + column));
    }
  }
  const small = make("canvas", { width: grid.columns, height: grid.rows });
  small.getContext("2d").putImageData(image, 0, 0);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, cells.left, top, grid.columns * width, grid.rows * height);
  drawAxes(context, grid, cells);
  return cells;
}

function drawAxes(context, grid, { left, top, width, height }) {
  const style = getComputedStyle(document.documentElement);
  const right = left + grid.columns * width, bottom = top + grid.rows * height;
  context.font = LETTERS;
  context.fillStyle = style.getPropertyValue("--faint");
  context.strokeStyle = style.getPropertyValue("--line");
  context.strokeRect(left - 0.5, top - 0.5, right - left + 1, bottom - top + 1);
  context.textBaseline = "middle";
  context.textAlign = "right";
  const everyRow = Math.ceil(12 / height);
  for (let row = 0; row < grid.rows; row += everyRow) {
    context.fillText(grid.rowLabel(row), left - 4, top + (row + 0.5) * height, LABELS - 4);
  }
  if (grid.columnLabel) {
    for (let column = 0; column < grid.columns; ++column) {
      turned(context, left + (column + 0.5) * width, top - 4, () => {
        context.textAlign = "left";
        context.fillText(grid.columnLabel(column), 0, 0, top - 6);
      });
    }
  } else {
    context.textAlign = "center";
    const wanted = Math.ceil(36 / width);
    const step = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096].find((n) => n >= wanted) || wanted;
    for (let column = 0; column < grid.columns; column += step) {
      const label = grid.group ? column % grid.group.size : column;
      context.fillText(String(label), left + (column + 0.5) * width, bottom + 8);
    }
  }
  if (grid.group) {
    for (let column = 0; column < grid.columns; column += grid.group.size) {
      const x = left + column * width;
      context.fillRect(x - 0.5, top - 6, 1, bottom - top + 6);
      context.textAlign = "left";
      context.fillText(`${grid.group.name} ${column / grid.group.size}`, x + 3, top - 9, grid.group.size * width - 4);
    }
  }
  context.textAlign = "center";
  context.fillText(grid.columnAxis, (left + right) / 2, bottom + (grid.columnLabel ? 10 : AXIS + 6));
  turned(context, 8, (top + bottom) / 2, () => context.fillText(grid.rowAxis, 0, 0));
}

function turned(context, x, y, paint) {
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  paint();
  context.restore();
}

function legend(scale) {
  const bar = make("canvas", { width: 120, height: 10 });
  const context = bar.getContext("2d");
  for (let x = 0; x < 120; ++x) {
    context.fillStyle = `rgb(${colour((x - 59.5) / 59.5, 1).join(" ")})`;
    context.fillRect(x, 0, 1, 10);
  }
  bar.setAttribute("role", "img");
  bar.setAttribute("aria-label", `colours from ${brief(-scale)} by 0 to ${brief(scale)}`);
  return make("span", { className: "legend" }, digits(-scale, 3), bar, digits(scale, 3));
}

// ---- maps with a cursor that all maps of one grid share

function showMap(parent, point, grid, { kind, scale, caption, share, peers }) {
  const values = valuesOf(point)[kind];
  const canvas = make("canvas", { tabIndex: 0 });
  const holder = make("div", { className: "map" }, canvas);
  parent.append(make("figure", {}, make("figcaption", {}, caption, legend(scale)), holder));
  const cells = draw(canvas, grid, values, scale, share);
  const what = `${kind} ${point.name}${grid.title ? `, ${grid.title}` : ""}`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${what}: heat map, ${grid.rows} by ${grid.columns}, ${grid.rowAxis} down and ${grid.columnAxis} across; arrow keys read values`);
  peers.push((row, column) => {
    holder.querySelector(".cursor")?.remove();
    if (row < 0) return;
    const box = make("div", { className: "cursor" });
    Object.assign(box.style, {
      left: `${cells.left + column * cells.width - 2}px`, top: `${cells.top + row * cells.height - 2}px`,
      width: `${cells.width + 4}px`, height: `${cells.height + 4}px`,
    });
    holder.append(box);
  });

  let at = [0, 0];
  const moveTo = (row, column) => {
    const flat = grid.flat(row, column);
    if (row < 0 || column < 0 || row >= grid.rows || column >= grid.columns || flat < 0) return;
    at = [row, column];
    for (const mark of peers) mark(row, column);
    byId("readout").textContent = readout(point, grid, flat);
  };
  canvas.addEventListener("pointermove", (event) => {
    moveTo(Math.floor((event.offsetY - cells.top) / cells.height), Math.floor((event.offsetX - cells.left) / cells.width));
  });
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    moveTo(at[0] + step[0], at[1] + step[1]);
  });
  canvas.addEventListener("blur", () => peers.forEach((mark) => mark(-1, -1)));
  return moveTo;
}

function readout(point, grid, flat) {
  const { expected, actual, difference } = valuesOf(point);
  const text = `${point.name}, ${grid.place(flat)}: expected ${show(expected[flat])}`;
  if (!actual) return text;
  return `${text}, actual ${show(actual[flat])}, difference ${show(difference[flat])}`;
}
