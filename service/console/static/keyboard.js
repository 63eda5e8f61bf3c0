// Lists by keys: j and k go down and up, x ticks a ticket of the board, / goes to the search, ? shows all keys. The
// browser's own Enter opens what has the focus. Somebody whose voice or hand presses keys by accident turns them
// off (WCAG 2.1.4): a cookie says so on each page of this browser, whoever signs in or out. The desk renews it.

const OFF = "huifang_keys=off";
const YEAR = 365 * 86_400; // seconds
const ROW = "main :is(.tickets > li, .late-tickets > li, tbody > tr)";
const FOLDED = "main .process:not([open]) > summary"; // Enter unfolds it, and its tickets are rows
const dialog = document.getElementById("keys");
const choice = document.getElementById("keys-on");

/** What the keys go to: the link of each row that is seen, and what is folded. */
function findStops() {
  const found = [...document.querySelectorAll(`${ROW}, ${FOLDED}`)];
  const stops = found.map((each) => (each.matches(FOLDED) ? each : each.querySelector("a[href]")));
  return stops.filter((stop) => stop?.checkVisibility());
}

/** The stop one further, or one back; from outside of the rows the next one that way, or the first. */
function findNext(stops, by) {
  const here = document.activeElement;
  const row = here.closest(`${ROW}, ${FOLDED}`);
  const place = stops.findIndex((stop) => row?.contains(stop));
  if (place >= 0) return stops[place + by] ?? stops[place];
  const isBefore = (stop) => here.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_PRECEDING;
  const before = stops.filter(isBefore).length;
  return stops[by > 0 ? before : before - 1] ?? stops[0];
}

function go(by) {
  const next = findNext(findStops(), by);
  next?.focus();
  next?.closest(`${ROW}, ${FOLDED}`).scrollIntoView({ block: "nearest" });
}

function tick() {
  document.activeElement.closest(".late-tickets > li")?.querySelector("input[name=ticket]").click();
}

function showKeys() {
  choice.checked = !areOff(); // another tab may have turned them
  dialog.showModal();
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x: tick,
  "/": () => document.getElementById("q").focus(),
  "?": showKeys,
  "？": showKeys, // of a Chinese keyboard
};

const areOff = () => document.cookie.split("; ").includes(OFF);

function turn(on) {
  document.cookie = `${OFF}; path=/; samesite=lax; max-age=${on ? 0 : YEAR}`;
}

function isTyping(target) {
  return target.closest?.("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]");
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || areOff()) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

if (dialog) {
  choice.addEventListener("change", () => turn(choice.checked));
  const opener = document.getElementById("keys-show");
  opener.hidden = false;
  opener.addEventListener("click", showKeys);
  document.addEventListener("keydown", press);
}
