// An inspection, one point at a time. Every answer is kept here at once; the desk gets them when they are sent.

import * as kept from "./kept.js";
import { addRow, addRowsFor } from "./rows.js";

const EDGE = 1600; // pixels of a photo: enough to see a crack, and small enough for a bad line
const PATIENCE = 20_000; // milliseconds until what waits is tried again
const main = document.querySelector("main");
const address = main.querySelector("form[data-inspection]").dataset.inspection;
let form;
let points;
let place = 0;
let writing = Promise.resolve();

const all = (selector, inside = main) => [...inside.querySelectorAll(selector)];
const isFile = (input) => input.type === "file";
const fileName = (input) => input.name.replace(/\.files$/, "");

/* What is kept */

function snapshot() {
  const texts = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "csrf_token") (texts[name] ??= []).push(value);
  }
  return { title: form.dataset.title, action: form.action, status: "open", texts, photos: {} };
}

function keep(name, values) {
  const update = (found = snapshot()) => ({ ...found, texts: { ...found.texts, [name]: values } });
  writing = writing.then(() => kept.change(address, update, { name, values })).then(showStatus);
  return writing;
}

function keepFiles(name, files) {
  const update = (found = snapshot()) => ({ ...found, photos: { ...found.photos, [name]: files } });
  writing = writing.then(() => kept.change(address, update)).then(showStatus);
  return writing;
}

/** A photo as small as it may be; anything else as it is: the desk judges it. */
async function shrink(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
    const canvas = draw(document.createElement("canvas"), picture, scale);
    const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    return new File([small], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
  } catch {
    return file;
  }
}

function draw(canvas, picture, scale) {
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Say beside the input which files are kept; of a point's photo, show it. */
async function showFiles(name, files) {
  const field = form.querySelector(`[name="${CSS.escape(name)}.files"]`)?.closest(".photo, .files");
  if (!field) return;
  if (!field.matches(".photo")) return listFiles(name, files, field);
  field.querySelector("[data-photo-kept]").hidden = false;
  const picture = await createImageBitmap(files[0]).catch(() => null);
  const canvas = field.querySelector("canvas");
  canvas.hidden = picture === null;
  if (picture) draw(canvas, picture, Math.min(1, 320 / picture.width));
}

/** Each with a button that takes it away again. */
function listFiles(name, files, field) {
  const list = field.querySelector("output") ?? field.appendChild(document.createElement("output"));
  const buttons = files.map((file) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "small" });
    button.textContent = `✕ ${file.name}`;
    button.addEventListener("click", () => {
      const rest = files.filter((each) => each !== file);
      keepFiles(name, rest).then(() => listFiles(name, rest, field));
    });
    return button;
  });
  list.replaceChildren(...buttons);
}

function fill(texts, photos = {}) {
  addRowsFor(form, Object.keys(texts));
  for (const [name, values] of Object.entries(texts)) {
    for (const input of all(`[name="${CSS.escape(name)}"]`, form)) {
      if (["radio", "checkbox"].includes(input.type)) input.checked = values.includes(input.value);
      else if (!isFile(input)) input.value = values[0] ?? "";
    }
  }
  for (const [name, files] of Object.entries(photos)) showFiles(name, files);
}

/* How it stands */

async function showStatus() {
  show((await kept.read(address))?.status ?? "");
}

function show(status) {
  for (const each of all("[data-show]")) each.hidden = each.dataset.show !== status;
  form.inert = ["waiting", "sending", "signed-out"].includes(status);
  form.classList.toggle("resting", form.inert);
}

async function send() {
  await writing;
  show("sending");
  const status = await kept.send(address);
  if (!["sent", "refused"].includes(status)) show(status);
}

async function end(button) {
  await writing;
  await kept.change(address, (found = snapshot()) => ({ ...found, action: button.formAction, status: "waiting" }));
  await send();
}

/** What was perhaps sent already is never changed under its key: a further sending is another one. */
async function edit() {
  const words = crypto.getRandomValues(new Uint32Array(4));
  const key = [...words].map((each) => each.toString(16)).join("-");
  const update = (found) => found && { ...found, status: "open", texts: { ...found.texts, idempotency_key: [key] } };
  await kept.change(address, update);
  await showStatus();
}

async function discard() {
  if (confirm(main.querySelector("template[data-sure]").content.textContent)) await kept.discard(address, location.href);
}

/* From point to point */

const resultOf = (point) => point.querySelector(".answers input:checked")?.value ?? "";
const noteOf = (point) => point.querySelector("textarea")?.value.trim() ?? "";
const isPoint = (point) => point.querySelector(".answers") !== null;

function go(to, focus = true) {
  place = Math.max(0, Math.min(points.length - 1, to));
  points.forEach((each, number) => each.classList.toggle("current", number === place));
  form.querySelector("[data-back]").disabled = place === 0;
  form.querySelector("[data-onwards]").hidden = place === points.length - 1;
  countAnswers();
  if (!focus) return;
  scrollTo({ top: 0 });
  points[place].querySelector("legend, h2").focus({ preventScroll: true });
}

function countAnswers() {
  const asked = points.filter(isPoint);
  const answered = asked.filter(resultOf).length;
  form.querySelector("[data-walked] progress").value = answered;
  form.querySelector("[data-number]").textContent = `${answered} / ${asked.length}`;
  for (const each of all("[data-count]", form)) {
    each.textContent = asked.filter((point) => resultOf(point) === each.dataset.count).length;
  }
  const explained = ["fail", "not-applicable"];
  tellLacking("answer", asked.filter((point) => !resultOf(point)));
  tellLacking("note", asked.filter((point) => explained.includes(resultOf(point)) && !noteOf(point)));
}

/** The first point without an answer; the end if there is none, or if the desk has refused them. */
function firstOpen({ refused }) {
  const open = points.findIndex((each) => isPoint(each) && !resultOf(each));
  return refused || open < 0 ? points.length - 1 : open;
}

function tellLacking(what, lacking) {
  const line = form.querySelector(`[data-lacking="${what}"]`);
  line.hidden = lacking.length === 0;
  const buttons = lacking.map((point) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = point.querySelector("legend").textContent;
    button.addEventListener("click", () => go(points.indexOf(point)));
    return button;
  });
  line.querySelector("span").replaceChildren(...buttons);
}

/* The page */

async function changed({ target }) {
  if (!target.name) return;
  if (isFile(target)) await chosen(target);
  else keep(target.name, new FormData(form).getAll(target.name));
  countAnswers();
}

async function chosen(input) {
  if (input.files.length === 0) return; // the choice was given up: what is kept stays
  const name = fileName(input);
  const files = await Promise.all([...input.files].map(shrink));
  const earlier = input.closest(".photo") ? [] : ((await kept.read(address))?.photos[name] ?? []);
  await keepFiles(name, [...earlier, ...files]);
  await showFiles(name, [...earlier, ...files]);
}

function pressed(event) {
  const button = event.target.closest("button, .answers input");
  if (!button) return;
  const act = (does) => (event.preventDefault(), does());
  if (button.matches("[data-end]")) act(() => end(button));
  else if (button.matches("[data-send]")) send();
  else if (button.matches("[data-edit]")) edit();
  else if (button.matches("[data-discard]")) discard();
  else if (button.matches("[data-back]")) go(place - 1);
  else if (button.matches("[data-onwards]")) go(place + 1);
  else if (button.matches("[name=add]")) act(() => addRow(form, button.value));
  else if (button.value === "pass" && event.detail > 0) setTimeout(() => go(place + 1), 200); // tapped, not chosen by keys
}

/** Show the page as it stands: what the desk refused, or its own, with the answers that are kept. */
async function begin() {
  const found = await kept.read(address);
  if (found?.refused) {
    main.replaceChildren(...new DOMParser().parseFromString(found.refused, "text/html").body.childNodes);
  }
  form = main.querySelector("form[data-inspection]");
  points = all("[data-point]", form);
  form.classList.add("guided");
  for (const each of all("[data-walk], [data-walked], [data-summary]", form)) each.hidden = false;
  if (found) fill(found.texts, found.photos);
  if (found && !found.refused) main.querySelector("[data-why]").textContent = found.why ?? "";
  go(found ? firstOpen(found) : 0, Boolean(found?.refused));
  show(found?.status ?? "");
}

await begin(); // where the browser keeps nothing, this fails, and the page stays the plain form that it is
kept.listen(({ address: other, name, values, gone, refused, own }) => {
  if (other !== address) return;
  if (gone) location.assign(gone);
  else if (refused) begin();
  else if (!own && name) fill({ [name]: values });
  countAnswers();
  showStatus();
});
main.addEventListener("input", (event) => isFile(event.target) || changed(event));
main.addEventListener("change", (event) => isFile(event.target) && changed(event));
main.addEventListener("click", pressed);
addEventListener("online", () => kept.sendAll().then(showStatus));
setInterval(() => kept.sendAll(), PATIENCE);
kept.sendAll();
kept.keepPage().catch(() => {}); // without it the page only needs a connection to open
