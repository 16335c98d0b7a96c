// Keys of the desk. A link, button or field says itself which key it answers to: data-key="r".
// j and k walk through [data-rows]; Enter opens because the focus is on the row's link.
const IN_TEXT = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

export function listenToKeys(openPalette) {
  const help = document.getElementById("keys");
  for (const button of document.querySelectorAll("[data-show-keys]")) button.addEventListener("click", () => help?.showModal());

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    const typing = event.target.closest?.(IN_TEXT);
    if (typing && event.key === "Escape") { typing.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (answer(event.key, help)) event.preventDefault();
  });
}

function answer(key, help) {
  if (key === "?") { help?.showModal(); return Boolean(help); }
  if (key === "/") return goTo(document.querySelector("[data-key-search]"));
  if (key === "j") return walk(1);
  if (key === "k") return walk(-1);
  if (!/^[a-z]$/.test(key)) return false;
  return goTo(document.querySelector(`[data-key="${key}"]:not([disabled])`));
}

function goTo(target) {
  if (!target) return false;
  if (target.matches(IN_TEXT)) {
    target.closest("details")?.setAttribute("open", "");
    target.focus();
    target.scrollIntoView({ block: "nearest" });
    target.select?.();
  } else target.click();
  return true;
}

function walk(step) {
  const links = [...document.querySelectorAll("[data-rows] .row-subject, [data-rows] [data-row-link]")];
  if (!links.length) return false;
  const now = links.indexOf(document.activeElement);
  const next = now < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, now + step));
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
  return true;
}
