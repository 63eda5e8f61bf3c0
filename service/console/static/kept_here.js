// On every page: what is kept here and not sent yet, sent when there is a connection, forgotten at a sign-out.

import * as kept from "./kept.js";

const notice = document.querySelector("[data-kept-count]");
const list = document.querySelector("[data-kept-list]");

async function tell() {
  const found = await kept.list();
  notice.hidden = found.length === 0 || list !== null || document.querySelector("form[data-inspection]") !== null;
  notice.querySelector("b").textContent = found.length;
  if (list === null) return;
  list.hidden = found.length === 0;
  list.querySelector("ul").replaceChildren(...found.map(describe));
}

function describe({ address, title, why }) {
  const [item, link, reason, button] = ["li", "a", "p", "button"].map((each) => document.createElement(each));
  Object.assign(link, { href: address, textContent: title });
  Object.assign(reason, { className: "quiet", textContent: why ?? "" });
  Object.assign(button, { type: "button", className: "small", textContent: list.dataset.discard });
  button.addEventListener("click", () => confirm(list.dataset.sure) && kept.discard(address));
  item.append(link, reason, button);
  return item;
}

async function signOut(event) {
  event.preventDefault();
  const found = await kept.list(true).catch(() => []); // a browser that keeps nothing signs out as well
  if (found.length > 0 && !confirm(notice.dataset.sure)) return;
  await kept.forget().catch(() => {});
  event.target.submit();
}

for (const form of document.querySelectorAll('form[action^="/sign-out"]')) form.addEventListener("submit", signOut);
kept.listen(tell);
addEventListener("online", kept.sendAll);
await tell();
await kept.sendAll();
if (list !== null) kept.keepPage().catch(() => {}); // without it the page only needs a connection to open
