// <span data-countdown="2026-03-02T09:00:20Z" data-words="{seconds} seconds left.">: the seconds until then, each second.
// Afterwards the page is loaded anew to show what became of it, unless somebody has typed words on it meanwhile.
export function countDown() {
  for (const place of document.querySelectorAll("[data-countdown]")) tick(place, Date.parse(place.dataset.countdown));
}

function tick(place, end) {
  const left = Math.ceil((end - Date.now()) / 1000);
  place.textContent = left > 0 ? place.dataset.words.replace("{seconds}", left) : "";
  if (left > 0) setTimeout(tick, 1000, place, end);
  else if (left > -60) setTimeout(() => { if (!typed()) location.reload(); }, 2000);
}

function typed() {
  return [...document.querySelectorAll("textarea, input[type=text]")].some((each) => each.value !== each.defaultValue);
}
