// A list never moves under the reader. <div class="live" role="status" hx-get="…" hx-trigger="every 30s"> receives
// either nothing or a button "2 new" that loads the page; polling rests while the tab is hidden.
export function waitWithNews() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.matches?.(".live")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-show-news]")) location.reload();
  });
}
