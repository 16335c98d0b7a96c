// <textarea name="text" data-autosave-url="…">: what is typed goes to the server after a pause. The post carries the
// form's fields "text", "version" and the CSRF token; the answer is JSON {"saved": "12:04", "version": 7} or 204.
// 409 means that somebody else wrote meanwhile: nothing is overwritten, the page must be loaded to see both texts.
// While the network fails a copy is kept in this browser, and offered at the next opening of the page.
const PAUSE = 1200;

export function keepDrafts(root) {
  for (const area of root.querySelectorAll("textarea[data-autosave-url]:not([data-kept])")) new Draft(area);
}

class Draft {
  constructor(area) {
    area.dataset.kept = "";
    this.area = area;
    this.form = area.form;
    this.line = this.form?.querySelector("[data-saved]");
    this.place = `draft:${area.dataset.autosaveUrl}`;
    this.saved = area.value;
    this.failures = 0;
    this.offerCopy();
    area.addEventListener("input", () => this.changed());
    this.form?.addEventListener("submit", () => { clearTimeout(this.timer); this.sent = true; this.forget(); });
    window.addEventListener("online", () => { if (area.value !== this.saved) this.save(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && area.value !== this.saved) this.save(true); });
  }

  changed() {
    this.area.dataset.unsaved = "";
    if (this.stopped) { this.copy(this.area.value); return; }
    this.tell("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  async save(leaving = false) {
    if (this.sent || this.stopped) return;
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    const text = this.area.value;
    try {
      const answer = await fetch(this.area.dataset.autosaveUrl, { method: "POST", body: this.body(text), keepalive: leaving && text.length < 20000, headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 409) { this.stopped = true; this.copy(text); this.tell("conflict"); return; }
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      this.done(text, answer.status === 204 ? {} : await answer.json().catch(() => ({})));
    } catch {
      this.copy(text);
      this.tell("failed");
      this.failures += 1;
      this.timer = setTimeout(() => this.save(), Math.min(60000, PAUSE * 2 ** this.failures));
    } finally {
      this.busy = false;
      if (this.again) { this.again = false; this.changed(); }
    }
  }

  body(text) {
    const body = new FormData();
    body.set(this.area.name, text);
    for (const name of ["csrfmiddlewaretoken", "version"]) {
      const field = this.form?.elements.namedItem(name);
      if (field) body.set(name, field.value);
    }
    return body;
  }

  done(text, told) {
    this.saved = text;
    this.failures = 0;
    if (this.area.value === text) delete this.area.dataset.unsaved;
    const version = this.form?.elements.namedItem("version");
    if (version && told.version !== undefined) version.value = told.version;
    this.forget();
    this.tell("saved", told.saved || new Date().toTimeString().slice(0, 5));
  }

  // The sentences come with the page, in the reader's language: data-saving, data-done, data-failed, data-conflict.
  tell(state, time = "") {
    if (!this.line) return;
    const words = this.line.dataset[{ saving: "saving", saved: "done", failed: "failed", conflict: "conflict" }[state]] || "";
    this.line.textContent = words.replace("{time}", time);
    this.line.dataset.tone = { saved: "kept", failed: "late", conflict: "late" }[state] || "";
  }

  copy(text) { try { localStorage.setItem(this.place, text); } catch { /* full or forbidden: the page still holds it */ } }
  forget() { try { localStorage.removeItem(this.place); } catch { /* as above */ } }

  offerCopy() {
    let text = null;
    try { text = localStorage.getItem(this.place); } catch { return; }
    const words = this.line?.dataset.restore;
    if (text === null || text === this.area.value || !words) { return; }
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-small", textContent: words });
    button.addEventListener("click", () => { this.area.value = text; button.remove(); this.changed(); this.area.focus(); });
    this.line.after(button);
  }
}
