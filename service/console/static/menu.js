// The menu behind one's name closes when the focus leaves it, and by Escape: left open, it would lie over what has
// the focus then (WCAG 2.4.11).

const menu = document.querySelector("details.menu");

function close() {
  menu.open = false;
}

menu?.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && !menu.contains(relatedTarget) && close());
menu?.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !menu.open) return;
  close();
  menu.querySelector("summary").focus();
});
