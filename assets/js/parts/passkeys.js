// <form data-passkey="create|get">: asks the browser for a passkey with the options of the JSON beside it and sends
// what the device answered. Whoever types something into [data-passkey-instead] is not asked. Without scripts or without WebAuthn a form that is hidden stays hidden.
export function usePasskeys(root) {
  const form = root.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential) return;
  form.hidden = false;
  const told = JSON.parse(document.getElementById("passkey-data").textContent);
  form.addEventListener("submit", (event) => {
    if (form.dataset.answered !== undefined || form.querySelector("[data-passkey-instead]")?.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    answer(form, told);
  }, true);
}

async function answer(form, told) {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const made = form.dataset.passkey === "create"
      ? await navigator.credentials.create(forCreating(told.creation_options))
      : await navigator.credentials.get(forGetting(told.request_options));
    form.querySelector("[data-credential]").value = JSON.stringify(plain(made));
    form.dataset.answered = "";
    form.requestSubmit();
  } catch {
    failed.hidden = false;
  }
}

function forCreating(options) {
  const key = options.publicKey;
  return {
    publicKey: {
      ...key,
      challenge: bytes(key.challenge),
      user: { ...key.user, id: bytes(key.user.id) },
      excludeCredentials: (key.excludeCredentials ?? []).map(withBytes),
    },
  };
}

function forGetting(options) {
  const key = options.publicKey;
  return {
    publicKey: {
      ...key,
      challenge: bytes(key.challenge),
      allowCredentials: (key.allowCredentials ?? []).map(withBytes),
    },
  };
}

const withBytes = (each) => ({ ...each, id: bytes(each.id) });

function plain(made) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  if (made.response.getTransports) response.transports = made.response.getTransports();
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response,
    clientExtensionResults: made.getClientExtensionResults(),
  };
}

function bytes(words) {
  const plainWords = atob(words.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plainWords, (each) => each.charCodeAt(0));
}

function text(buffer) {
  const words = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(words).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
