// The customer's pages: everything here makes a page easier that works without it.
import { copyTexts } from "./parts/copying.js";
import { countCharacters } from "./parts/counting.js";
import { drawSignatures } from "./parts/signature.js";
import { keepFormHere } from "./parts/keeping.js";
import { previewFiles } from "./parts/files.js";
import { readyForm } from "./parts/submitting.js";
import { usePasskeys } from "./parts/passkeys.js";
import { refreshWhileWaiting } from "./parts/waiting.js";

document.documentElement.dataset.js = "";
keepFormHere(document);
countCharacters(document);
previewFiles(document);
drawSignatures(document);
usePasskeys(document);
readyForm(document);
refreshWhileWaiting();
copyTexts(document);
