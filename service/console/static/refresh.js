// A page that stays open keeps up with the desk: the parts marked `data-live` are replaced by what they would be
// now, quietly, and not while somebody uses them. Of a ticket it is only said that it has changed, for somebody
// may be in the middle of a form.

const EVERY = 60_000; // milliseconds
// Notices wait for the page that somebody opens; and a ticket has the same address for programs.
const QUIETLY = { headers: { "Huifang-Refresh": "1", Accept: "text/html" } };
const parts = document.querySelectorAll("[data-live]");
const version = document.querySelector("[data-version]");

async function ask(address) {
  try {
    const answer = await fetch(address, QUIETLY);
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null; // the line is down: the next time
  }
}

function replace(part, fresh) {
  const isUsed = part.querySelector("input:checked, details[open]");
  if (!fresh || isUsed || fresh.innerHTML === part.innerHTML) return;
  const before = [...part.querySelectorAll("a[href]")];
  const place = before.indexOf(document.activeElement);
  part.replaceChildren(...fresh.childNodes);
  if (place < 0) return;
  const after = [...part.querySelectorAll("a[href]")];
  const same = after.find((link) => link.getAttribute("href") === before[place].getAttribute("href"));
  (same ?? after[Math.min(place, after.length - 1)])?.focus({ preventScroll: true });
}

async function keepUp() {
  if (document.hidden) return;
  if (parts.length > 0) {
    const page = await ask(location.href);
    for (const part of parts) replace(part, page?.getElementById(part.id));
  }
  if (version) {
    const fresh = (await ask(version.dataset.address))?.querySelector("[data-version]");
    const isOld = fresh && fresh.dataset.version !== version.dataset.version;
    if (isOld) version.firstElementChild.hidden = false;
  }
}

if (parts.length > 0 || version) {
  setInterval(keepUp, EVERY);
  document.addEventListener("visibilitychange", keepUp);
}
