// <div data-wait-url="…">: a PDF is being made. Ask now and then; when the answer is 200 the link appears.
// The element holds [data-waiting] and a hidden [data-ready]; without scripts it holds a link "look again".
export function refreshWhileWaiting() {
  for (const box of document.querySelectorAll("[data-wait-url]")) ask(box, 1000);
}

async function ask(box, pause) {
  await new Promise((resume) => setTimeout(resume, pause));
  try {
    const answer = await fetch(box.dataset.waitUrl, { method: "HEAD", cache: "no-store" });
    if (answer.status === 200) {
      box.querySelector("[data-waiting]")?.setAttribute("hidden", "");
      box.querySelector("[data-ready]")?.removeAttribute("hidden");
      return;
    }
    if (answer.status >= 400 && answer.status !== 404 && answer.status !== 503) return;
  } catch { /* the network may come back */ }
  ask(box, Math.min(15000, pause * 1.5));
}
