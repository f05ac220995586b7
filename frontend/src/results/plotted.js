// What a picture made with Plot lacks for this page, or has too much.

/** Put the picture into the figure under a name. Its own style sheet would be refused here; ours has what is needed of it. */
export function place(figure, svg, name) {
  for (const style of svg.querySelectorAll("style")) style.remove();
  // The picture has a name as a whole, and the table has its parts.
  for (const part of svg.querySelectorAll("[aria-label], [aria-description]")) {
    part.removeAttribute("aria-label");
    part.removeAttribute("aria-description");
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", name);
  figure.append(svg);
  return svg;
}
