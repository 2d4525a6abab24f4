/** Whether the keyboard is in an element, or nowhere, as where what held it has just gone: then it may be led on. */
export function hasKeyboard(element: Element | null): boolean {
  const { activeElement, body } = document;
  return activeElement === null || activeElement === body || element?.contains(activeElement) === true;
}
