// <input type="file" multiple data-files data-limit-files="20" data-limit-bytes="26214400" …>: what was chosen is listed
// with its size and can be taken out again; choosing once more adds instead of replacing. The server checks everything.
export function previewFiles(root) {
  for (const input of root.querySelectorAll("input[type=file][data-files]:not([data-ready])")) prepare(input);
}

function prepare(input) {
  input.dataset.ready = "";
  const list = Object.assign(document.createElement("ul"), { className: "files" });
  const problem = Object.assign(document.createElement("p"), { className: "field-error" });
  problem.setAttribute("role", "status");
  const drop = input.closest(".drop") || input.parentElement;
  drop.append(list, problem);
  let kept = [];

  const show = () => {
    const data = new DataTransfer();
    for (const file of kept) data.items.add(file);
    input.files = data.files;
    list.replaceChildren(...kept.map((file, n) => row(file, n, input, () => { kept.splice(n, 1); show(); input.focus(); })));
    const already = Number(input.dataset.already || 0);
    const many = already + kept.length > Number(input.dataset.limitFiles || 20);
    const large = kept.some((file) => file.size > Number(input.dataset.limitBytes || 26214400));
    problem.textContent = many ? input.dataset.tooMany || "" : large ? input.dataset.tooLarge || "" : "";
    input.setCustomValidity(problem.textContent);
  };
  const add = (files) => {
    for (const file of files) {
      if (!kept.some((other) => other.name === file.name && other.size === file.size && other.lastModified === file.lastModified)) kept.push(file);
    }
    show();
  };
  input.addEventListener("change", () => add([...input.files]));
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.dataset.over = ""; });
  drop.addEventListener("dragleave", () => { delete drop.dataset.over; });
  drop.addEventListener("drop", (event) => { event.preventDefault(); delete drop.dataset.over; add([...event.dataTransfer.files]); });
}

function row(file, n, input, remove) {
  const line = document.createElement("li");
  const name = Object.assign(document.createElement("bdi"), { className: "file-name", textContent: file.name });
  const size = Object.assign(document.createElement("span"), { className: "file-size", textContent: sizeOf(file.size) });
  const words = input.dataset.remove || "×";
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-quiet button-small", textContent: words });
  button.setAttribute("aria-label", `${words}: ${file.name}`);
  button.addEventListener("click", remove);
  line.append(name, size, button);
  if (file.size > Number(input.dataset.limitBytes || 26214400)) {
    line.append(Object.assign(document.createElement("span"), { className: "file-problem", textContent: input.dataset.tooLarge || "" }));
  }
  return line;
}

function sizeOf(bytes) {
  const mega = bytes >= 1048576;
  const number = mega ? bytes / 1048576 : Math.max(1, bytes / 1024);
  return `${number.toLocaleString(document.documentElement.lang, { maximumFractionDigits: mega ? 1 : 0 })} ${mega ? "MB" : "kB"}`;
}
