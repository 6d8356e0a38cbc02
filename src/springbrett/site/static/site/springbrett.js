// What JavaScript adds. Every page works without it.
(function () {
  "use strict";

  function token() {
    const meta = document.querySelector('meta[name="csrf-token"]');
    return meta ? meta.content : "";
  }

  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
  });

  // After errors the first thing read is what must be put right.
  function focusSummary(root) {
    const summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  }

  // A link in the summary to a group of choices should land on the first choice.
  document.addEventListener("click", function (event) {
    const link = event.target.closest(".aksel-error-summary__item");
    const target = link && document.getElementById(link.hash.slice(1));
    if (!target) return;
    const field = target.matches("fieldset") ? target.querySelector("input, select, textarea") : target;
    if (field) {
      event.preventDefault();
      field.focus();
    }
  });

  // <form data-guard>: ask before leaving with unsaved typing.
  const dirty = new Set();
  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && form.matches("[data-guard]")) dirty.add(form);
  });
  document.addEventListener("submit", function (event) {
    dirty.delete(event.target);
  });
  window.addEventListener("beforeunload", function (event) {
    if (Array.from(dirty).some((form) => form.isConnected)) event.preventDefault();
  });

  // <form data-autosave="URL">: save a moment after each change, one request at a time, newest last.
  const waiting = new WeakMap();
  function scheduleSave(form) {
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => save(form), 900));
  }
  async function save(form) {
    if (form.dataset.saving) return scheduleSave(form);
    form.dataset.saving = "1";
    const status = form.querySelector("[data-autosave-status]");
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-CSRFToken": token(), "X-Autosave": "1", Accept: "text/plain" },
        credentials: "same-origin",
        redirect: "manual",
      });
      const said = answer.headers.get("content-type") || "";
      if (status && said.startsWith("text/plain")) status.textContent = await answer.text();
      else if (status) status.textContent = (answer.ok && status.dataset.saved) || status.dataset.failed || "";
      if (answer.ok) dirty.delete(form);
    } catch (error) {
      if (status) status.textContent = status.dataset.failed || "";
    } finally {
      delete form.dataset.saving;
    }
  }
  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && form.dataset.autosave) scheduleSave(form);
  });

  // One click is enough.
  document.addEventListener("submit", function (event) {
    if (event.defaultPrevented) return;
    if (event.target.dataset.sent) {
      event.preventDefault();
      return;
    }
    event.target.dataset.sent = "1";
    setTimeout(() => delete event.target.dataset.sent, 4000);
  });

  document.addEventListener("DOMContentLoaded", () => focusSummary(document));
  document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));
})();
