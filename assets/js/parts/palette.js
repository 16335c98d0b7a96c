// Ctrl+K: every link and button of the page and the navigation by its words; anything else is searched for.
const SOURCES = "[data-key], .nav a, .tabs a, .menu-item, main a[href], main button:not([disabled]), .bar a[href]";
const MOST = 12;

export function offerPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return () => {};
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("ul");
  let found = [];
  let chosen = 0;

  const draw = () => {
    list.replaceChildren(...found.map((entry, n) => option(entry, n)));
    if (!found.length) list.append(Object.assign(document.createElement("li"), { textContent: list.dataset.empty }));
    mark();
  };
  const mark = () => {
    [...list.children].forEach((row, n) => row.setAttribute("aria-selected", String(found.length > 0 && n === chosen)));
    const row = found.length ? list.children[chosen] : null;
    if (row) { input.setAttribute("aria-activedescendant", row.id); row.scrollIntoView({ block: "nearest" }); }
    else input.removeAttribute("aria-activedescendant");
  };
  const option = (entry, n) => {
    const row = document.createElement("li");
    row.id = `palette-${n}`;
    row.setAttribute("role", "option");
    row.append(Object.assign(document.createElement("span"), { textContent: entry.words }));
    if (entry.key) row.append(Object.assign(document.createElement("kbd"), { textContent: entry.key }));
    row.addEventListener("click", () => go(n));
    return row;
  };
  const look = () => { found = matching(input.value); chosen = 0; draw(); };
  const go = (n) => {
    const entry = found[n];
    dialog.close();
    if (entry) entry.target.click();
    else if (input.value.trim()) searchFor(input.value.trim());
  };

  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (steps[event.key] && found.length) {
      event.preventDefault();
      chosen = (chosen + steps[event.key] + found.length) % found.length;
      mark();
    } else if (event.key === "Enter") { event.preventDefault(); go(chosen); }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  return () => {
    if (document.querySelector("dialog[open]")) return;
    input.value = "";
    look();
    dialog.showModal();
  };
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function matching(words) {
  const phrase = plain(words).trim();
  const wanted = phrase.split(/\s+/).filter(Boolean);
  const seen = new Set();
  const hits = [];
  for (const target of document.querySelectorAll(SOURCES)) {
    if (target.closest("dialog") || target.hidden) continue;
    const text = target.getAttribute("aria-label") || wordsOf(target);
    const sameAs = `${text}|${target.href || ""}`;
    if (!text || seen.has(sameAs) || !wanted.every((word) => plain(text).includes(word))) continue;
    seen.add(sameAs);
    hits.push({ words: text, key: target.dataset.key, target, begins: plain(text).startsWith(phrase) });
  }
  // What begins with the typed words is meant before what only contains them.
  return hits.sort((one, other) => other.begins - one.begins).slice(0, MOST);
}

// Without the counts and keys that stand behind the words.
function wordsOf(target) {
  const copy = target.cloneNode(true);
  for (const beside of copy.querySelectorAll(".nav-count, .tab-count, kbd")) beside.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function searchFor(words) {
  const form = document.querySelector("form[role=search]");
  if (!form) return;
  form.querySelector("input").value = words;
  form.requestSubmit();
}
