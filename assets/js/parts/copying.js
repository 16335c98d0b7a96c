// <button data-copy="id" data-copied="…">: puts the text of the element with this id on the clipboard and says so.
// The button's paragraph is hidden without scripts, and where the browser lets no page reach the clipboard.
export function copyTexts(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    const text = document.getElementById(button.dataset.copy);
    if (!text) continue;
    button.parentElement.hidden = false;
    button.addEventListener("click", () => copy(button, text));
  }
}

async function copy(button, text) {
  const said = button.parentElement.querySelector("[data-copy-said]");
  try {
    await navigator.clipboard.writeText(text.textContent.trim());
    said.textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(text);
  }
}
