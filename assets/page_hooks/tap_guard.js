// A tap means one thing: within WINDOW after a tap, a second one on the same control is ignored, and
// so is one on whatever has appeared or moved under the finger. Add would become Remove, and the next
// line of the claim would follow the removed one. Taps on other controls that stay in their places
// are never ignored, nor is a tap after the attendee has typed, or moved the focus by keyboard.

const WINDOW = 500; // ms
const REACH = 24; // px between two taps of a finger that stays where it is
const TOLERANCE = 2; // px that a control may move, such as while it is pressed
const FIELDS = ["[type=checkbox]", "[type=radio]"];
const CONTROLS = ["a[href]", "button", "summary", "label", "[role=button]", ...FIELDS].join();
const REPEATED_KEYS = ["Enter", " "];
const FOCUS_KEYS = /^(Tab|Arrow|Home|End|Page)/;

let last = null; // the last tap: its control, time, point, and the controls around it
let activated = null; // the field of the label that is being clicked: its own click follows

const controlOf = (target) => {
  const element = target.closest?.(CONTROLS);
  return element?.matches("label") ? (element.control ?? element) : element;
};

// The visible element of a control: that of a hidden field is its label.
const boxOf = (control) => (control.labels?.[0] ?? control).getBoundingClientRect();

function isNear({ left, top, right, bottom }, { x, y }) {
  return left - REACH < x && x < right + REACH && top - REACH < y && y < bottom + REACH;
}

function controlsAround(point) {
  const boxes = new Map();
  for (const element of document.querySelectorAll(CONTROLS)) {
    const control = controlOf(element);
    const box = boxOf(control);
    if (isNear(box, point)) boxes.set(control, box);
  }
  return boxes;
}

function hasMoved(control, before) {
  const now = boxOf(control);
  return ["left", "top"].some((side) => Math.abs(now[side] - before[side]) > TOLERANCE);
}

// Whether the tap was meant for what was there before the page changed under it.
function isRepeated(control, point, byKeyboard) {
  if (!last || Date.now() - last.at > WINDOW) return false;
  if (control === last.control) return true;
  // After Enter the focus may have moved by itself, as to Undo.
  if (byKeyboard || last.byKeyboard) return byKeyboard && last.byKeyboard;
  if (Math.abs(point.x - last.point.x) > REACH || Math.abs(point.y - last.point.y) > REACH)
    return false;
  const before = last.around.get(control);
  return !before || hasMoved(control, before);
}

function ignore(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function guard(event) {
  const control = event.isTrusted && controlOf(event.target);
  if (!control) return;
  if (control === activated && event.target === control) return; // after the click on its label
  const byKeyboard = event.detail === 0;
  const point = { x: event.clientX, y: event.clientY };
  if (isRepeated(control, point, byKeyboard)) return ignore(event);
  last = { control, point, byKeyboard, at: Date.now(), around: controlsAround(point) };
  if (event.target === control || control.matches("label")) return;
  activated = control;
  setTimeout(() => (activated = null));
}

// A held key would tap again and again.
function guardKey(event) {
  if (FOCUS_KEYS.test(event.key)) last = null;
  else if (event.repeat && REPEATED_KEYS.includes(event.key) && controlOf(event.target)) ignore(event);
}

// Who types or chooses between two taps means both.
function release({ target }) {
  if (!controlOf(target)) last = null;
}

addEventListener("click", guard, true);
addEventListener("keydown", guardKey, true);
addEventListener("input", release, true);
