/**
 * Draws the text under the field: what is marked in it, and where others' carets stand.
 *
 * The field above is see-through, so both must break their lines alike: nothing here may take up room in a line.
 * All words come in as text nodes; class names and data-* are the page's own.
 */

/**
 * `carets`: [{pos, name}]. `spans`: [{start, end, className, data, label}], where `data` becomes data-* and
 * `label` (a letter, optional) stands above the first word. Spans may overlap: one that crosses the end of
 * another goes on in a second element, without its label. Positions are UTF-16 units; what lies outside the
 * text is left out.
 */
export function drawMirror(mirror, { text, carets = [], spans = [] }) {
  const document = mirror.ownerDocument;
  const length = text.length;
  const marks = spans
    .map((span) => ({ span, start: inside(text, span.start), end: inside(text, span.end), element: null }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const points = carets
    .filter(({ pos }) => pos >= 0 && pos <= length)
    .map((caret) => ({ ...caret, pos: inside(text, caret.pos) }))
    .sort((a, b) => a.pos - b.pos);
  const stops = new Set([0, length]);
  for (const { start, end } of marks) stops.add(start).add(end);
  for (const { pos } of points) stops.add(pos);

  const root = document.createDocumentFragment();
  let open = []; // outermost first
  let at = 0;
  const here = () => (open.length ? open[open.length - 1].element : root);
  const enter = (mark) => {
    const element = markElement(document, mark.span, mark.element === null);
    here().append(element);
    open.push({ ...mark, element });
  };
  for (const stop of [...stops].sort((a, b) => a - b)) {
    if (stop > at) here().append(text.slice(at, stop));
    at = stop;
    const ended = open.findIndex(({ end }) => end <= stop);
    if (ended >= 0) {
      const cut = open.slice(ended).filter(({ end }) => end > stop);
      open = open.slice(0, ended);
      cut.forEach(enter);
    }
    while (points.length && points[0].pos === stop) here().append(caretElement(document, points.shift().name));
    while (marks.length && marks[0].start === stop) enter(marks.shift());
  }
  // A newline at the end makes a line in the field, but none in a block, unless something follows.
  if (!length || text.endsWith("\n")) root.append("\u200b");
  mirror.replaceChildren(root);
}

const POLE_PX = 2; // a flag reaches out of a line by half its pole

/** A flag that would stand out of the mirror turns to the other side of its caret. */
export function turnFlags(mirror) {
  const { left, right } = mirror.getBoundingClientRect();
  for (const flag of mirror.querySelectorAll(".caret > b")) {
    flag.classList.remove("is-turned");
    const box = flag.getBoundingClientRect();
    flag.classList.toggle("is-turned", box.left < left - POLE_PX || box.right > right + POLE_PX);
  }
}

function markElement(document, { className, data = {}, label }, first) {
  const element = document.createElement("mark");
  element.className = className;
  for (const [key, value] of Object.entries(data)) element.dataset[key] = value;
  if (label && first) {
    const letter = document.createElement("span");
    letter.className = "ltr";
    letter.textContent = label;
    element.append(letter);
  }
  return element;
}

function caretElement(document, name) {
  const caret = document.createElement("span");
  caret.className = "caret";
  const flag = document.createElement("b");
  flag.dir = "auto";
  flag.textContent = name;
  caret.append(flag);
  return caret;
}

/** Within the text, and never between the two halves of a character. */
function inside(text, pos) {
  const within = Math.max(0, Math.min(text.length, pos));
  const halves = (text.charCodeAt(within - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(within) & 0xfc00) === 0xdc00;
  return halves ? within - 1 : within;
}
