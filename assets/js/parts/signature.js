// <div data-signature> with a canvas, a hidden input [data-strokes] (PNG as a data address) and a button [data-clear].
// Nobody must draw: typing the name is the same form without this. Strokes survive turning the telephone.
import SignaturePad from "signature_pad";

export function drawSignatures(root) {
  for (const box of root.querySelectorAll("[data-signature]")) prepare(box);
}

function prepare(box) {
  const canvas = box.querySelector("canvas");
  const input = box.querySelector("[data-strokes]");
  if (!canvas || !input) return;
  box.hidden = false;
  const pad = new SignaturePad(canvas, { penColor: "#1b3f86", minWidth: 0.8, maxWidth: 2.6 });
  let width = 0;

  const fit = () => {
    if (!canvas.offsetWidth || canvas.offsetWidth === width) return;
    const strokes = pad.toData();
    const scale = width ? canvas.offsetWidth / width : 1;
    width = canvas.offsetWidth;
    const dots = Math.max(1, window.devicePixelRatio || 1);
    canvas.width = width * dots;
    canvas.height = canvas.offsetHeight * dots;
    canvas.getContext("2d").scale(dots, dots);
    pad.clear();
    for (const stroke of strokes) for (const point of stroke.points) { point.x *= scale; point.y *= scale; }
    pad.fromData(strokes);
    if (!strokes.length && input.value.startsWith("data:image/png")) pad.fromDataURL(input.value, { width, height: canvas.offsetHeight });
  };
  const keep = () => {
    input.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  pad.addEventListener("endStroke", keep);
  box.querySelector("[data-clear]")?.addEventListener("click", () => { pad.clear(); input.value = ""; input.dispatchEvent(new Event("input", { bubbles: true })); });
  new ResizeObserver(fit).observe(canvas);
  fit();
}
