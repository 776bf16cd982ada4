// Says in Indonesian what a form still needs, and lets a text box grow with its text.
// The server checks again; without this script the browser says it in its own language.
"use strict";

document.addEventListener("invalid", (event) => {
  const field = event.target;
  if (field.validity.valueMissing && field.dataset.missing) field.setCustomValidity(field.dataset.missing);
}, true);

document.addEventListener("input", (event) => {
  // All fields: one picked answer settles the complaint that stands on another.
  for (const field of event.target.form?.elements ?? []) field.setCustomValidity?.("");
  grow(event.target);
});

// What unfolds at the lower edge of a phone would stay out of sight.
document.addEventListener("click", (event) => {
  const unfolds = event.target.closest?.("summary")?.parentElement;
  if (unfolds) requestAnimationFrame(() => unfolds.scrollIntoView({ block: "nearest" }));
});

// For browsers without `field-sizing`.
function grow(field) {
  if (!field.matches("textarea") || CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}
