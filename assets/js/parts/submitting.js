// Sending once is enough: after the first press the button says so. Coming back with "back" makes it ready again.
// The error summary gets the focus, so that nobody has to look for what went wrong.
export function readyForm(root) {
  for (const form of root.querySelectorAll("form[method=post]:not([data-ready])")) {
    form.dataset.ready = "";
    form.addEventListener("submit", (event) => once(event, form));
  }
  root.querySelector("[data-error-summary]")?.focus();
}

function once(event, form) {
  if (form.dataset.sent !== undefined) { event.preventDefault(); return; }
  if (event.defaultPrevented || form.matches("[hx-post], [data-hx-post]")) return;
  form.dataset.sent = "";
  const button = event.submitter;
  // Disabled only after the browser has collected the fields: the button's own name and value must travel along.
  setTimeout(() => {
    for (const other of form.querySelectorAll("button[type=submit], button:not([type])")) other.setAttribute("aria-disabled", "true");
    if (button?.dataset.busy) { button.dataset.idle = button.textContent; button.textContent = button.dataset.busy; }
  });
}

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
      if (button.dataset.idle) button.textContent = button.dataset.idle;
    }
  }
});
