// <form data-keep="complaint">: what is typed stays in this browser for a day, until the form has been sent.
// Never files, passwords or signatures; on a form that the server has filled in, the server's words win.
const DAY = 86400000;
const SKIP = "[type=hidden], [type=file], [type=password], [type=submit], [data-strokes]";

export function keepFormHere(root) {
  for (const sent of root.querySelectorAll("[data-kept-is-sent]")) forget(sent.dataset.keptIsSent);
  for (const form of root.querySelectorAll("form[data-keep]")) {
    const place = `form:${form.dataset.keep}`;
    if (form.dataset.filled === undefined) restore(form, place);
    let timer;
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => keep(form, place), 500); });
    form.addEventListener("change", () => keep(form, place));
  }
}

function fields(form) {
  return [...form.elements].filter((field) => field.name && !field.matches(SKIP));
}

function keep(form, place) {
  const values = {};
  for (const field of fields(form)) {
    if (field.type === "checkbox" || field.type === "radio") { if (field.checked) (values[field.name] ||= []).push(field.value); }
    else if (field.value) values[field.name] = field.value;
  }
  try { localStorage.setItem(place, JSON.stringify({ at: Date.now(), values })); } catch { /* full or forbidden */ }
}

function restore(form, place) {
  let kept;
  try { kept = JSON.parse(localStorage.getItem(place)); } catch { return; }
  if (!kept || Date.now() - kept.at > DAY) { forget(form.dataset.keep); return; }
  let filled = false;
  for (const field of fields(form)) {
    const value = kept.values[field.name];
    if (value === undefined) continue;
    if (Array.isArray(value)) field.checked = value.includes(field.value);
    else if (!field.value || field.tagName === "SELECT") field.value = value;
    filled = true;
  }
  const note = form.querySelector("[data-restored]");
  if (filled && note) note.hidden = false;
  note?.querySelector("[data-forget]")?.addEventListener("click", () => { forget(form.dataset.keep); form.reset(); note.hidden = true; });
}

function forget(name) { try { localStorage.removeItem(`form:${name}`); } catch { /* nothing was kept */ } }
