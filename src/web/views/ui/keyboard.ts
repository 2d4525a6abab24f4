/** Whether the focus is in an element, or nowhere because what had it is gone. In both cases the focus may be moved. */
export function hasKeyboard(element: Element | null): boolean {
  const { activeElement, body } = document;
  return activeElement === null || activeElement === body || element?.contains(activeElement) === true;
}
