// The processes that fit, while somebody types what it is about. Without script the form does the same.

const form = document.getElementById("about");
const list = document.getElementById("processes");
const told = document.getElementById("processes-told");
const PATIENCE = 200; // milliseconds without a key
let timer = 0;
let asked = 0;

async function search() {
  const number = ++asked;
  const said = { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" };
  const answer = await fetch(form.dataset.processes, said).catch(() => null);
  if (!answer?.ok || number !== asked) return;
  list.innerHTML = await answer.text();
  told.textContent = list.querySelector("[data-found]")?.dataset.found ?? "";
}

form.addEventListener("input", (event) => {
  if (event.isComposing) return; // pinyin that is not a word yet
  clearTimeout(timer);
  timer = setTimeout(search, PATIENCE);
});
form.addEventListener("compositionend", search);
