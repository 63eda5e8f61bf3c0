// The editor of a process: line numbers, findings while somebody types, and the way from a finding to its line.

const PAUSE = 700; // milliseconds without a key until the text is checked

const form = document.querySelector("form.editor");
const text = form.elements.text;
const gutter = form.querySelector(".gutter");
const findings = document.getElementById("findings");

function markedLines() {
  return new Set([...findings.querySelectorAll("[data-mark]")].map((each) => Number(each.dataset.mark)));
}

function drawGutter() {
  const marked = markedLines();
  const lines = text.value.split("\n").length;
  const numbers = [];
  for (let line = 1; line <= lines; line += 1) numbers.push(marked.has(line) ? `▸${line}` : `${line}`);
  gutter.textContent = numbers.join("\n");
  gutter.scrollTop = text.scrollTop;
}

function goTo(line, column) {
  const lines = text.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const whole = lines[line - 1] ?? "";
  const start = before + Math.min(Math.max(column - 1, 0), whole.length);
  text.focus();
  text.setSelectionRange(start, before + whole.length);
  const height = Number.parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 4) * height);
  gutter.scrollTop = text.scrollTop;
}

let asked = new AbortController();

async function check() {
  asked.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(form.dataset.findings, {
      method: "POST",
      body: new FormData(form),
      signal: asked.signal,
    });
    if (!answer.ok) return; // the button says why
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    findings.replaceChildren(...page.body.childNodes);
    drawGutter();
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error; // a net that is away says nothing
  }
}

let timer = 0;
text.addEventListener("input", () => {
  drawGutter();
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
});
text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  if (!link) return;
  event.preventDefault();
  goTo(Number(link.dataset.line), Number(link.dataset.column));
});

form.classList.add("numbered");
drawGutter();
