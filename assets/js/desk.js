// The desk: everything here makes a page quicker that works without it.
import { askBeforeLeaving } from "./parts/leaving.js";
import { countDown } from "./parts/countdown.js";
import { copyTexts } from "./parts/copying.js";
import { countCharacters } from "./parts/counting.js";
import { keepDrafts } from "./parts/drafts.js";
import { listenToKeys } from "./parts/keys.js";
import { offerColleagues } from "./parts/mentions.js";
import { offerPalette } from "./parts/palette.js";
import { offerThemes } from "./parts/theme.js";
import { previewFiles } from "./parts/files.js";
import { readyForm } from "./parts/submitting.js";
import { usePasskeys } from "./parts/passkeys.js";
import { tidyMenus } from "./parts/menus.js";
import { refreshWhileWaiting } from "./parts/waiting.js";
import { waitWithNews } from "./parts/news.js";

document.documentElement.dataset.js = "";
tidyMenus();
offerThemes();
listenToKeys(offerPalette());
askBeforeLeaving();
waitWithNews();
refreshWhileWaiting();
countDown();

usePasskeys(document);
copyTexts(document);

function prepare(root) {
  readyForm(root);
  countCharacters(root);
  previewFiles(root);
  offerColleagues(root);
  keepDrafts(root);
}
prepare(document);
// Pieces that htmx brings later get the same.
document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) prepare(event.detail.elt); });
