// Elements of a page, made without ever reading text as HTML.

export function made(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function once(parent, key, build) {
  // The child that was built under `key`, built now if there is none.
  const found = parent.querySelector(`:scope > [data-key="${key}"]`);
  if (found) return found;
  const element = build();
  element.dataset.key = key;
  parent.append(element);
  return element;
}
