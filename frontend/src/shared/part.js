// A part of a page taken from another address of the site, in place of what is here.

// The element that `selector` finds in the page at `address`.
export async function partOf(address, selector, signal) {
  const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  const found = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(selector);
  if (!found) throw new Error(`${selector} is not in ${address}`);
  return document.adoptNode(found);
}

// Show the part of the page at `address` in place of the same part of this one, and keep the address for sharing.
export function swapper(selectors, failed) {
  let asked;
  return async (address) => {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    try {
      const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
      if (!response.ok) throw new Error(`${response.status} ${address}`);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const selector of selectors) {
        const [here, there] = [document.querySelector(selector), page.querySelector(selector)];
        const scrolled = here?.querySelector("[data-keeps-scroll]");
        const at = scrolled && [scrolled.scrollLeft, scrolled.scrollTop];
        if (here && there) here.replaceWith(document.adoptNode(there));
        const shown = at && document.querySelector(`${selector} [data-keeps-scroll]`);
        if (shown) [shown.scrollLeft, shown.scrollTop] = at;
      }
      history.replaceState(null, "", address);
      failed("");
    } catch (error) {
      if (error.name !== "AbortError") failed(String(error.message));
    }
  };
}
