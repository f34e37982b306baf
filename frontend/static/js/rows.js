/**
 * Opens the folded rows of a form in the admin (prevention.core.panels.RowsPanel). A folded row has hidden
 * values alone; its fields are made from the template of a new row when it is opened.
 */
function unfold(content) {
  const [, formset, number] = content.closest("[data-inline-panel-child]").id.match(/^inline_child_(.+)-(\d+)$/);
  const template = document.getElementById(`id_${formset}-EMPTY_FORM_TEMPLATE`);
  const html = template.innerHTML.replaceAll("__prefix__", number);
  // A fragment that is made in this way runs its scripts (Wagtail's date chooser) once it is on the page.
  const fresh = document.createRange().createContextualFragment(html).querySelector(".w-panel__content");
  for (const kept of content.querySelectorAll("input[type=hidden]")) {
    const field = fresh.querySelector(`[name="${kept.name}"]`);
    if (field.type === "checkbox") field.checked = kept.value === "True";
    else field.value = kept.value;
  }
  content.removeAttribute("data-folded");
  content.replaceChildren(...fresh.childNodes);
}

for (const name of ["wagtail:panel-toggle", "wagtail:panel-init"]) {
  document.addEventListener(name, ({ target, detail }) => {
    const content = document.getElementById(target.getAttribute("aria-controls"));
    if (detail.expanded && content?.hasAttribute("data-folded")) unfold(content);
  });
}
