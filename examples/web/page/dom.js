// Elements. What comes from people is only ever text: nothing here reads HTML.

// el('button', {class: 'primary', onclick: ..., 'aria-label': ...}, 'text', otherElement, null)
// Properties that begin with "on" are listeners, all others attributes; null, undefined and false are
// left out.
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

// Shows `children` instead of what was in `parent`. The focus stays with the control that had it, if
// there is still one with the same data-key.
export function replace(parent, ...children) {
  const key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  parent.replaceChildren(...children.filter((child) => child !== null && child !== undefined));
  if (key !== undefined) {
    [...parent.querySelectorAll('[data-key]')].find((other) => other.dataset.key === key)?.focus();
  }
}
