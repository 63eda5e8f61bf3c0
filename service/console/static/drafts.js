// What was typed into a form comes back after a reload, a sign-in that ran out, or a detour. It is kept in this
// tab only (sessionStorage), for the person who typed it, until the desk says that the form was taken. Personal
// fields, files and passwords are not kept: a machine at the reception is everybody's.

const PREFIX = "draft ";
const { person, taken } = document.body.dataset;

function keyOf(form) {
  return PREFIX + form.getAttribute("action");
}

function read(key) {
  return JSON.parse(sessionStorage.getItem(key));
}

function write(key, draft) {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // full, or forbidden: then nothing is kept
  }
}

function forget(isGone) {
  const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  for (const key of keys) if (isGone(read(key))) sessionStorage.removeItem(key);
}

// By name, or of what is chosen by name and value.
function findControls(form) {
  const kept = [...form.elements].filter(
    (each) =>
      each.name &&
      !["hidden", "file", "password", "submit", "button", "fieldset"].includes(each.type) &&
      !each.closest("[data-personal]"),
  );
  return kept.map((each) => [isChoice(each) ? `${each.name}=${each.value}` : each.name, each]);
}

function isChoice(control) {
  return control.type === "radio" || control.type === "checkbox";
}

function stateOf(control) {
  return isChoice(control) ? control.checked : control.value;
}

function isChanged(control) {
  if (isChoice(control)) return control.checked !== control.defaultChecked;
  if (!control.options) return control.value !== control.defaultValue;
  const first = [...control.options].findIndex((option) => option.defaultSelected);
  return control.selectedIndex !== Math.max(first, 0);
}

function keep(form) {
  const before = read(keyOf(form))?.values ?? {};
  const values = {};
  for (const [id, control] of findControls(form))
    if (id in before || isChanged(control)) values[id] = stateOf(control);
  write(keyOf(form), { person, values: { ...before, ...values } });
}

function restore(form) {
  const values = read(keyOf(form))?.values ?? {};
  const differing = findControls(form).filter(([id, control]) => id in values && values[id] !== stateOf(control));
  for (const [id, control] of differing) {
    if (isChoice(control)) control.checked = values[id];
    else control.value = values[id];
  }
  const notice = form.querySelector("[data-restored]");
  notice.hidden = differing.length === 0;
  notice.querySelector("button").addEventListener("click", () => {
    sessionStorage.removeItem(keyOf(form));
    form.reset();
    notice.hidden = true;
  });
}

function noteSending(form) {
  const draft = read(keyOf(form));
  if (draft) write(keyOf(form), { ...draft, sent: form.elements.idempotency_key.value });
}

forget((draft) => draft.person !== person || (draft.sent && draft.sent === taken));
for (const form of document.querySelectorAll("form[data-draft]")) {
  restore(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", () => noteSending(form));
}
for (const form of document.querySelectorAll('form[action^="/sign-out"]'))
  form.addEventListener("submit", () => forget(() => true));
