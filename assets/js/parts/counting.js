// <span data-count-for="id" data-limit="100000" data-left="{n} characters left" data-over="{n} characters too many">
const NEAR = 0.8;

export function countCharacters(root) {
  for (const line of root.querySelectorAll("[data-count-for]")) {
    const area = document.getElementById(line.dataset.countFor);
    if (!area) continue;
    const calm = line.textContent;
    const limit = Number(line.dataset.limit);
    const count = () => {
      const left = limit - [...area.value].length;
      const words = left < 0 ? line.dataset.over : left < limit * (1 - NEAR) ? line.dataset.left : "";
      line.textContent = words ? words.replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang)) : calm;
      line.dataset.tone = left < 0 ? "late" : "";
    };
    area.addEventListener("input", count);
    count();
  }
}
