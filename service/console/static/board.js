// Ticks all tickets of a process at once, and says how many are ticked. Without it, one ticks them singly.

const board = document.querySelector("form.board");
const boxes = (part) => [...part.querySelectorAll('input[name="ticket"]')];
const counter = board.querySelector("[data-ticked]");
const told = board.querySelector("[data-told]");
const hint = counter.textContent;

function count() {
  const ticked = boxes(board).filter((box) => box.checked).length;
  counter.textContent = ticked ? counter.dataset.ticked.replace("{count}", ticked) : hint;
}

function tell() {
  count();
  told.textContent = counter.textContent;
}

for (const process of board.querySelectorAll(".process")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small";
  button.textContent = board.dataset.tick;
  button.addEventListener("click", () => {
    const ticked = boxes(process).every((box) => box.checked);
    for (const box of boxes(process)) box.checked = !ticked;
    tell();
  });
  process.querySelector(".late-tickets").before(button);
}
board.addEventListener("change", (event) => event.target.name === "ticket" && tell());
board.addEventListener("keydown", (event) => {
  // It would press the form's first button, which nobody means.
  if (event.key === "Enter" && event.target.name === "ticket") event.preventDefault();
});
count();
