// Lists by keys: j and k go down and up, / goes to the search, ? shows all keys. The browser's own Enter opens
// what has the focus. Somebody whose voice or hand presses keys by accident turns them
// off (WCAG 2.1.4): a cookie says so on each page of this browser, whoever signs in or out. The desk renews it.

const OFF = "huifang_keys=off";
const YEAR = 365 * 86_400; // seconds
const dialog = document.getElementById("keys");
const choice = document.getElementById("keys-on");

function findRows() {
  const rows = document.querySelectorAll("main :is(.tickets > li, tbody > tr)");
  return [...rows].map((row) => row.querySelector("a[href]")).filter((link) => link?.checkVisibility());
}

function go(by) {
  const links = findRows();
  const row = document.activeElement?.closest("li, tr");
  const place = row ? links.findIndex((link) => row.contains(link)) : -1;
  const next = place < 0 ? 0 : place + by;
  if (links[next]) {
    links[next].focus();
    links[next].closest("li, tr").scrollIntoView({ block: "nearest" });
  }
}

function showKeys() {
  choice.checked = !areOff(); // another tab may have turned them
  dialog.showModal();
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
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
