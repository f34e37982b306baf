/** Narrows the A to Z while somebody types. Nothing leaves the page: the names are already on it. */
const box = document.querySelector("[data-az-filter]");
const input = box?.querySelector("input");
const count = box?.querySelector("[data-az-count]");
const groups = [...document.querySelectorAll("[data-az-group]")];

function narrow() {
  const wanted = input.value.trim().toLowerCase();
  let shown = 0;
  for (const group of groups) {
    let inGroup = 0;
    for (const item of group.querySelectorAll("li")) {
      // The name alone: not the drug behind it.
      const name = item.querySelector("b") ?? item.firstElementChild.firstChild;
      item.hidden = !name.textContent.toLowerCase().includes(wanted);
      if (!item.hidden) inGroup += 1;
    }
    group.hidden = inGroup === 0;
    shown += inGroup;
  }
  count.textContent = wanted ? `${shown} ${shown === 1 ? "name" : "names"} shown` : "";
}

if (input) {
  box.hidden = false;
  input.addEventListener("input", narrow);
}
