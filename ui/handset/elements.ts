// The page's own elements by id, with the type they have; a missing one is a mistake in index.html.

/** The element with this id; throws where index.html lacks it or it is of another kind. */
export function element<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html: no ${kind.name} with id ${id}`);
  return found;
}

/** A new element with classes and text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  classes = "",
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (classes !== "") made.className = classes;
  if (text !== "") made.textContent = text;
  return made;
}
