// Leaving with words that are not saved anywhere yet asks first; sending the form is not leaving.
export function askBeforeLeaving() {
  let sending = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-guard]")) event.target.closest("form").dataset.changed = "";
  });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) sending = true; });
  document.addEventListener("htmx:afterRequest", () => { sending = false; });
  window.addEventListener("pageshow", () => { sending = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && document.querySelector("[data-unsaved], form[data-guard][data-changed]")) event.preventDefault();
  });
}
