// <textarea data-mentions="/desk/colleagues/" data-mentions-label="Colleagues">: after an @ the names that begin so, to
// be chosen with the arrows and Enter or Tab. Whoever writes the name by hand needs none of this.
const MOST = 6;
const TYPED = /(?:^|[^\p{L}\p{N}@.])@([\p{L}'’ -]{0,40})$/u;
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

export function offerColleagues(root) {
  for (const area of root.querySelectorAll("textarea[data-mentions]")) pick(area);
}

function pick(area) {
  const list = Object.assign(document.createElement("ul"), { className: "colleagues", id: `${area.id}_colleagues`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", area.dataset.mentionsLabel);
  area.after(list);
  area.parentElement.classList.add("field-mentions");
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-autocomplete", "list");
  let names = null;
  let typed = "";
  let chosen = 0;

  const close = () => { list.hidden = true; list.replaceChildren(); area.removeAttribute("aria-activedescendant"); };
  const mark = () => {
    [...list.children].forEach((row, n) => row.setAttribute("aria-selected", String(n === chosen)));
    area.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const take = (name) => {
    const start = area.selectionStart - typed.length;
    area.setRangeText(`${name} `, start, area.selectionStart, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  };
  const row = (name, n) => {
    const each = Object.assign(document.createElement("li"), { id: `${list.id}_${n}`, textContent: name });
    each.setAttribute("role", "option");
    each.addEventListener("mousedown", (event) => { event.preventDefault(); take(name); });
    return each;
  };
  const look = async () => {
    const found = TYPED.exec(area.value.slice(0, area.selectionStart));
    if (!found) return close();
    if (!names) {
      names = [];
      try { names = (await (await fetch(area.dataset.mentions)).json()).names; } catch { names = null; return; }
      return look();
    }
    typed = found[1];
    const sought = fold(typed);
    const fitting = names.filter((name) => fold(name).startsWith(sought) && fold(name) !== sought.trimEnd()).slice(0, MOST);
    if (!fitting.length) return close();
    chosen = 0;
    list.replaceChildren(...fitting.map(row));
    list.hidden = false;
    mark();
  };
  area.addEventListener("input", look);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" || event.key === "Tab") take(list.children[chosen].textContent);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + list.children.length) % list.children.length;
      mark();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
