/**
 * Suggestions while somebody types, by the combobox pattern of the ARIA Authoring Practices. What is typed goes by POST
 * to our own server, which keeps nothing of it. Without this script the box searches as it is.
 */
const WAIT_MS = 120; // after the last letter
const LEAST = 2; // letters

const ready = new WeakSet();

/** Gives the search box of `form` its list. Doing it twice does nothing. */
export function suggestFor(form) {
  if (ready.has(form)) return;
  ready.add(form);
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = form.dataset.suggestStyle;
  document.head.append(style);
  new Suggestions(form);
}

class Suggestions {
  constructor(form) {
    this.input = form.querySelector("input[name=q]");
    this.list = document.createElement("ul");
    this.list.className = "suggest";
    this.list.id = `${this.input.id}-suggestions`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.list.hidden = true;
    this.told = document.createElement("p");
    this.told.className = "hidden-visually";
    this.told.setAttribute("role", "status");
    form.append(this.list, this.told);

    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", this.list.id);
    this.close();

    this.input.addEventListener("input", () => this.ask());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    // Before the box loses the focus, which would close the list under the finger.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.go(event.target.closest("[role=option]")));
    // What was typed while this script was on its way.
    if (this.input.value !== this.input.defaultValue) this.ask();
  }

  ask() {
    clearTimeout(this.timer);
    this.asked?.abort();
    const typed = this.input.value.trim();
    if (typed.length < LEAST) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.fetch(typed), WAIT_MS);
  }

  async fetch(typed) {
    this.asked = new AbortController();
    try {
      const answer = await fetch("/search/suggest/", {
        method: "POST",
        body: new URLSearchParams({ q: typed }),
        credentials: "omit",
        cache: "no-store",
        signal: this.asked.signal,
      });
      this.show(answer.ok ? (await answer.json()).suggestions : []);
    } catch (error) {
      // More has been typed: the next answer is on its way. Without a connection the box still searches.
      if (error.name !== "AbortError") this.close();
    }
  }

  show(rows) {
    this.list.replaceChildren(...rows.map((row, place) => this.option(row, place)));
    this.list.hidden = rows.length === 0;
    this.input.setAttribute("aria-expanded", String(rows.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    const count = rows.length === 1 ? "1 suggestion" : `${rows.length || "No"} suggestions`;
    this.told.textContent = count;
  }

  option({ name, title, url, certain }, place) {
    const option = document.createElement("li");
    option.className = "suggest__option";
    option.setAttribute("role", "option");
    option.id = `${this.list.id}-${place}`;
    option.setAttribute("aria-selected", "false");
    option.dataset.url = url;
    const shown = document.createElement("span");
    shown.className = "suggest__name";
    shown.textContent = name;
    option.append(shown);
    const said = [certain ? "" : "Did you mean this?", name === title ? "" : title].filter(Boolean).join(" ");
    if (said) {
      const more = document.createElement("span");
      more.className = "suggest__of";
      more.textContent = said;
      option.append(" ", more);
    }
    return option;
  }

  key(event) {
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault(); // else the box would be emptied too
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.ask();
      else this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && this.active) {
      event.preventDefault();
      this.go(this.active);
    }
  }

  get active() {
    return this.list.querySelector("[aria-selected=true]");
  }

  /** To the next or the one before; from either end back to the box itself. */
  move(step) {
    const options = [...this.list.children];
    const next = options.indexOf(this.active) + step;
    const place = this.active ? next : step > 0 ? 0 : options.length - 1;
    for (const option of options) option.setAttribute("aria-selected", String(option === options[place]));
    const chosen = options[place];
    if (chosen) {
      this.input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  go(option) {
    if (option) location.href = option.dataset.url;
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.list.hidden = true;
    this.list.replaceChildren();
    this.told.textContent = "";
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
