/**
 * Exit this page. Without this script the button is a plain link, which leaves the page but keeps it one "Back" away.
 * With it, the page is blanked at once and its place in the history is taken by the other site.
 */
const PRESSES = 3;
const WITHIN_MS = 2000;

const link = document.querySelector("[data-exit]");
let presses = [];

function leave() {
  document.documentElement.classList.add("is-leaving");
  document.title = "Weather";
  location.replace(link.href);
}

link?.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

// Shift has no meaning of its own on a page, so three in a row are not pressed by accident while reading or typing.
document.addEventListener("keyup", (event) => {
  if (!link) return;
  if (event.key !== "Shift") {
    presses = [];
    return;
  }
  const now = Date.now();
  presses = [...presses.filter((time) => now - time < WITHIN_MS), now];
  if (presses.length === PRESSES) leave();
});

// A page kept in memory must come back readable if the reader returns to it on purpose.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.documentElement.classList.remove("is-leaving");
});

/**
 * Suggestions under a search box are fetched when somebody goes to one: nobody else pays for them.
 */
document.addEventListener("focusin", ({ target }) => {
  const form = target.closest?.("[data-suggest]");
  if (!form || target.name !== "q") return;
  // Without it, the box searches as it is.
  import(form.dataset.suggest).then((module) => module.suggestFor(form)).catch(() => {});
});
