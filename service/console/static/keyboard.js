// Lists by keys: j and k go down and up, / goes to the search, ? shows all keys. The browser's own Enter opens
// what has the focus. Somebody whose voice or hand presses keys by accident turns them off (WCAG 2.1.4).

const OFF = "keys-off";
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

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  "/": () => document.getElementById("q").focus(),
  "?": () => dialog.showModal(),
  "？": () => dialog.showModal(), // of a Chinese keyboard
};

function isTyping(target) {
  return target.closest?.("input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]");
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || localStorage.getItem(OFF)) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

if (dialog) {
  choice.checked = !localStorage.getItem(OFF);
  choice.addEventListener("change", () => {
    if (choice.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  const opener = document.getElementById("keys-show");
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  document.addEventListener("keydown", press);
}
