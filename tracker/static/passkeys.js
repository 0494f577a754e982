// Passkeys: made on the page of how one signs, and asked when a form that signs is sent. Without script a password does.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (options) => options.map((each) => ({ ...each, id: bytes(each.id) }));

// What the browser answers, in the form that the server reads.
const written = (credential) => {
  const { response } = credential;
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) {
      parts[name] = text(response[name]);
    }
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: parts });
};

const post = (address, form, headers = {}) =>
  fetch(address, { method: "POST", body: new FormData(form), headers, credentials: "same-origin" });

async function make(form) {
  const { options, seal } = await (await post(form.dataset.newPasskey, form)).json();
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials || []),
    },
  });
  form.elements.seal.value = seal;
  form.elements.answer.value = written(credential);
}

async function sign(form, address) {
  const rehearsed = await post(address, form, { Signing: "rehearse" });
  if (rehearsed.headers.get("Signing") !== "rehearsed") {
    return; // The form has a problem, which its own answer says best.
  }
  const { options, seal } = await rehearsed.json();
  const credential = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials || []) },
  });
  form.elements.factor_passkey.value = written(credential);
  form.elements.factor_passkey_seal.value = seal;
}

// A form is sent once the passkey answered. When it did not, nothing is sent: the next press goes on without it.
function ask(form, work) {
  form.addEventListener("submit", async (event) => {
    if (form.dataset.answered) {
      return;
    }
    event.preventDefault();
    const button = event.submitter;
    form.dataset.answered = "yes";
    try {
      await work(form, (button && button.hasAttribute("formaction") && button.formAction) || form.action);
      form.requestSubmit(button);
    } catch {
      const hint = form.querySelector("[data-passkey]");
      if (hint) {
        hint.textContent = "The passkey did not answer, and nothing is signed. Press the button again to go on without it.";
        hint.setAttribute("role", "alert");
      }
    }
  });
}

if (window.PublicKeyCredential && /[a-z]/i.test(location.hostname)) {
  for (const form of document.querySelectorAll("form[data-new-passkey]")) {
    form.hidden = false;
    document.querySelector("[data-no-passkeys]").hidden = true;
    ask(form, make);
  }
  for (const hint of document.querySelectorAll("[data-passkey]")) {
    hint.hidden = false;
    ask(hint.closest("form"), sign);
  }
}
