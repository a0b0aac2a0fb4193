// ---- one tensor

const KINDS = ["expected", "actual", "difference"];

/** Both sides share a scale; a difference that rounding explains stays pale. */
function scalesOf(points) {
  let value = 0, difference = 0;
  for (const point of points) {
    const values = valuesOf(point);
    value = Math.max(value, largest(values.expected), values.actual ? largest(values.actual) : 0);
    difference = Math.max(difference, point.bound, values.difference ? largest(values.difference) : 0);
  }
  return { expected: value, actual: value, difference };
}

function showPoint(point) {
  const told = {
    agrees: `agrees: max error ${point.error}, bound ${point.bound_text}`,
    wrong: `differs: max error ${point.error}, bound ${point.bound_text}`,
    "not recorded": "not recorded by this code, so only the expected values are shown",
  }[point.verdict];
  begin(point.name, `${point.axes.join(", ")}: (${point.shape.join(", ")}); ${told}`);
  const values = valuesOf(point);
  const kinds = KINDS.filter((kind) => values[kind]);
  const scales = scalesOf([point]);
  const grids = gridsOf(point);
  const cursors = grids.map((grid) => {
    if (grid.title) byId("maps").append(make("h3", { textContent: grid.title }));
    const parent = make("div", { className: grid.title ? "side-by-side" : "" });
    byId("maps").append(parent);
    const peers = [];
    const share = grid.title ? kinds.length : 1;
    return kinds.map((kind) => showMap(parent, point, grid, { kind, scale: scales[kind], caption: kind, share, peers }))[0];
  });
  if (point.verdict === "wrong" && values.difference) {
    const jump = make("button", { type: "button", className: "jump", textContent: "first wrong element" });
    jump.addEventListener("click", () => goTo(grids, cursors, values.difference, point.bound));
    byId("controls").append(jump);
  }
}

function goTo(grids, cursors, difference, bound) {
  const first = difference.findIndex((x) => !(Math.abs(x) <= bound));
  grids.forEach((grid, index) => {
    for (let row = 0; row < grid.rows; ++row) {
      for (let column = 0; column < grid.columns; ++column) {
        if (grid.flat(row, column) === first) cursors[index](row, column);
      }
    }
  });
}

// ---- the KV cache of all layers

let cacheKind = "actual";

function showCache() {
  const parts = ["k", "v"].map((part) => trace.points.filter((point) => point.name.endsWith(`.cache.${part}`)));
  const recorded = parts.flat().every((point) => point.actual !== null);
  begin("KV cache after the prompt", "Keys (rotated) and values of every layer: a row for each position, the KV heads side by side.");
  if (recorded) byId("controls").append(chooseKind());
  const kind = recorded ? cacheKind : "expected";
  parts[0].forEach((_, layer) => {
    byId("maps").append(make("h3", { textContent: `layer ${layer}` }));
    const parent = make("div", { className: "side-by-side" });
    byId("maps").append(parent);
    ["keys", "values"].forEach((name, part) => {
      const point = parts[part][layer];
      if (!point) return;
      const look = { kind, scale: scalesOf([point])[kind], caption: `${name}, ${kind}`, share: 2, peers: [] };
      for (const grid of gridsOf(point)) showMap(parent, point, grid, look);
    });
  });
  byId("maps").append(make("h3", { textContent: "How the values are distributed, over all layers" }));
  const parent = make("div", { className: "side-by-side" });
  byId("maps").append(parent);
  ["keys", "values"].forEach((name, part) => parent.append(histogram(name, parts[part], recorded)));
}

function chooseKind() {
  const choice = make("fieldset", {}, make("legend", { textContent: "Show" }));
  for (const kind of KINDS) {
    const input = make("input", { type: "radio", name: "kind", value: kind, checked: kind === cacheKind });
    input.addEventListener("change", () => {
      cacheKind = kind;
      showCache();
      document.querySelector(`input[value=${kind}]`).focus();
    });
    choice.append(make("label", {}, input, ` ${kind}`));
  }
  return choice;
}

function histogram(name, points, recorded) {
  const BINS = 48, WIDTH = 400, HEIGHT = 150, LEFT = 48, TOP = 8;
  const range = scalesOf(points).expected || 1;
  const countsOf = (kind) => {
    const counts = new Array(BINS).fill(0);
    for (const point of points) {
      for (const x of valuesOf(point)[kind]) {
        if (Number.isFinite(x)) ++counts[Math.min(BINS - 1, Math.floor(((x + range) / (2 * range)) * BINS))];
      }
    }
    return counts;
  };
  const expected = countsOf("expected");
  const actual = recorded ? countsOf("actual") : null;
  const most = Math.max(1, ...expected, ...(actual || []));
  const svg = (tag, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const x = (bin) => LEFT + (bin / BINS) * WIDTH;
  const y = (count) => TOP + HEIGHT * (1 - count / most);
  const picture = svg("svg", { width: LEFT + WIDTH + 30, height: TOP + HEIGHT + 40, role: "img", "aria-label": `histogram of the ${name}: ${BINS} bins from ${show(-range)} to ${show(range)}, at most ${most} elements in one` });
  expected.forEach((count, bin) => picture.append(svg("rect", { class: "expected", x: x(bin), y: y(count), width: WIDTH / BINS, height: HEIGHT * (count / most) })));
  if (actual) {
    const steps = actual.map((count, bin) => `H${x(bin)}V${y(count)}H${x(bin + 1)}`).join("");
    picture.append(svg("path", { class: "actual", d: `M${LEFT} ${y(0)}${steps}V${y(0)}` }));
  }
  picture.append(svg("line", { class: "axis", x1: LEFT, x2: LEFT + WIDTH, y1: y(0), y2: y(0) }));
  for (const [value, anchor] of [[-range, "start"], [0, "middle"], [range, "end"]]) {
    picture.append(svg("text", { x: LEFT + (WIDTH * (value + range)) / (2 * range), y: y(0) + 15, "text-anchor": anchor }, digits(value, 3)));
  }
  picture.append(svg("text", { x: LEFT + WIDTH / 2, y: y(0) + 31, "text-anchor": "middle" }, `value of the ${name}`));
  picture.append(svg("text", { x: LEFT - 5, y: y(most) + 8, "text-anchor": "end" }, String(most)), svg("text", { x: LEFT - 5, y: y(0), "text-anchor": "end" }, "0"));
  picture.append(svg("text", { transform: `translate(10 ${y(most / 2)}) rotate(-90)`, "text-anchor": "middle" }, "elements"));
  expected.forEach((count, bin) => {
    const hit = svg("rect", { class: "hit", x: x(bin), y: TOP, width: WIDTH / BINS, height: HEIGHT });
    hit.addEventListener("pointerenter", () => {
      const low = -range + (2 * range * bin) / BINS, high = low + (2 * range) / BINS;
      byId("readout").textContent = `${name} from ${show(low)} to ${show(high)}: expected ${count}${actual ? `, actual ${actual[bin]}` : ""}`;
    });
    picture.append(hit);
  });
  const caption = make("figcaption", { textContent: actual ? `${name}: expected filled, actual as a line` : `${name}: expected` });
  return make("figure", {}, caption, picture);
}

// ---- the page around them

function begin(title, facts) {
  byId("title").textContent = title;
  byId("facts").textContent = facts;
  byId("readout").textContent = "Point at a cell, or move with the arrow keys in a map, to read its values.";
  byId("controls").replaceChildren();
  byId("maps").replaceChildren();
}

let current = null;

function select(entry, view) {
  document.querySelector(".entry[aria-current]")?.removeAttribute("aria-current");
  entry.setAttribute("aria-current", "true");
  current = view;
  view();
}

/** A line of the list; marks say in words, too, what colours say. */
function listPoint(point, index) {
  const first = index === trace.first_wrong;
  const later = trace.first_wrong !== null && index > trace.first_wrong;
  const [mark, state, word] = {
    agrees: ["✓", "agrees", "agrees"],
    wrong: ["✗", "wrong", first ? "first difference" : "differs"],
    "not recorded": ["·", "missing", "not recorded"],
  }[point.verdict];
  const entry = make("button", { type: "button", className: "entry", title: word },
    make("span", { className: "mark", textContent: `${mark} ` }), point.name.replace(/^model\.layers\.\d+\./, ""));
  entry.setAttribute("aria-label", `${point.name}: ${word}`);
  const view = () => showPoint(point);
  entry.addEventListener("click", () => select(entry, view));
  const missing = point.verdict === "not recorded";
  const row = make("tr", { className: `${state}${first ? " first" : later ? " later" : ""}` }, make("td", {}, entry),
    make("td", { textContent: point.error }), make("td", { textContent: missing ? "" : point.bound_text }));
  byId("points").append(row);
  return { entry, view };
}

function listAll() {
  let layer = null;
  return trace.points.map((point, index) => {
    const found = /^model\.layers\.(\d+)\./.exec(point.name)?.[1] ?? null;
    if (found !== layer) {
      const title = make("th", { scope: "rowgroup", colSpan: 3, textContent: found === null ? "after the layers" : `layer ${found}` });
      byId("points").append(make("tr", { className: "layer" }, title));
    }
    layer = found;
    return listPoint(point, index);
  });
}

document.title = `Trace of “${trace.prompt}”`;
byId("prompt").textContent = trace.prompt;
byId("verdict").textContent = trace.summary + (trace.first_wrong === null ? "" : `; first difference: ${trace.points[trace.first_wrong].name}`);
byId("verdict").className = trace.all_agree ? "" : "wrong";
byId("ending").textContent = trace.ending;
byId("ending").hidden = trace.ending === "";
byId("cache-entry").addEventListener("click", () => select(byId("cache-entry"), showCache));
const entries = listAll();

document.querySelector("nav").addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...document.querySelectorAll("nav .entry")];
  all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + step))].focus();
});
dark.addEventListener("change", () => current());

const start = trace.first_wrong === null ? null : entries[trace.first_wrong];
if (start) {
  select(start.entry, start.view);
  start.entry.scrollIntoView({ block: "center" });
} else {
  select(byId("cache-entry"), showCache);
}
