// What IRIs are called, asked of the server for those that are wanted, and where to read about them.

export class Labels {
  constructor(links, snapshot) {
    this.links = links;
    this.known = new Map();
    this.asked = new Map();
    this.address = new URL(links.labels, location.href);
    // Of the same snapshot as the answer, also if a new one is served meanwhile.
    if (snapshot) this.address.searchParams.set("snapshot", snapshot);
    this.spaces = Object.entries(links.prefixes).sort((one, other) => other[1].length - one[1].length);
  }

  /** A prefixed name, or the IRI itself. */
  short(iri) {
    for (const [prefix, space] of this.spaces) {
      if (iri.startsWith(space) && /^[\w.~%-]*$/.test(iri.slice(space.length))) return `${prefix}:${iri.slice(space.length)}`;
    }
    return iri;
  }

  /** What an IRI is called as far as it is known by now. */
  name(iri) {
    return this.known.get(iri)?.label ?? this.short(iri);
  }

  /** Where to read about an IRI: our page of it, itself if it is an address of the web, else nowhere. */
  href(iri) {
    const { base, root, carried } = this.links;
    if (!iri.startsWith(base)) return /^https?:\/\//i.test(iri) ? iri : null;
    const [path, ...fragment] = iri.slice(base.length).split("#");
    return `${root}/${path}${carried ? `?${carried}` : ""}${fragment.length ? `#${fragment.join("#")}` : ""}`;
  }

  /** Ask for those of the IRIs that are not known; false if some could not be had. */
  async ask(wanted) {
    const missing = [...new Set(wanted)].filter((iri) => !this.known.has(iri) && iri.length <= 2000);
    const fresh = missing.filter((iri) => !this.asked.has(iri));
    let before = Promise.resolve(true);
    for (let start = 0; start < fresh.length; start += this.links.most) {
      const batch = fresh.slice(start, start + this.links.most);
      // One after the other: names are no reason to keep a server busy.
      const answer = (before = before.then(() => this.fetched(batch)));
      for (const iri of batch) this.asked.set(iri, answer);
    }
    const done = await Promise.all(new Set(missing.map((iri) => this.asked.get(iri))));
    return done.every(Boolean);
  }

  async fetched(batch) {
    try {
      const body = new URLSearchParams(batch.map((iri) => ["iri", iri]));
      const response = await fetch(this.address, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.statusText);
      for (const [iri, told] of Object.entries(await response.json())) this.known.set(iri, told);
      return true;
    } catch {
      // Names are an addition: without them the IRIs are shown, and the next part of the table asks again.
      for (const iri of batch) this.asked.delete(iri);
      return false;
    }
  }
}
