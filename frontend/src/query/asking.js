// A query is asked of the endpoint; what comes back is an answer, or says what went wrong.

const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.5";
/** Bytes of an answer that a page shows; the files have all. */
const LARGEST = 30_000_000;

/** What went wrong, with the server's own words if it had any: `kind` is "problem", "lost", "broken" or "large". */
export class Failure extends Error {
  constructor(kind, problem = {}) {
    super(problem.detail ?? kind);
    this.kind = kind;
    this.problem = problem;
  }
}

/** Ask, and give what `show` takes. Throws Failure, or AbortError if `signal` stops it. */
export async function ask(address, query, asOf, more, signal) {
  const fields = new URLSearchParams({ query, ...more });
  if (asOf) fields.set("as-of", asOf);
  const began = performance.now();
  let response;
  try {
    response = await fetch(address, {
      method: "POST", headers: { Accept: ACCEPT, "Accept-Language": document.documentElement.lang }, body: fields, signal,
    });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Failure("lost");
  }
  if (!response.ok) throw new Failure("problem", await problemOf(response));
  const text = await whole(response);
  const isGraph = !response.headers.get("Content-Type")?.includes("json");
  const answer = {
    query,
    asOf: asOf || null,
    seconds: (performance.now() - began) / 1000,
    fromCache: /cache;desc="?hit/.test(response.headers.get("Server-Timing") ?? ""),
    complete: /^(complete|streaming)/.test(response.headers.get("KG-Answer") ?? "complete"),
    snapshot: response.headers.get("KG-Snapshot"),
  };
  if (isGraph) return { ...answer, kind: "graph", turtle: text };
  const json = JSON.parse(text);
  return { ...answer, kind: "boolean" in json ? "boolean" : "table", json };
}

/** What a refusal says: the problem details, with the language that they are in. */
export async function problemOf(response) {
  const problem = { status: response.status, spoken: response.headers.get("Content-Language") };
  try {
    return { ...problem, ...(await response.json()) };
  } catch {
    return problem;
  }
}

async function whole(response) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const pieces = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > LARGEST) {
        await reader.cancel();
        throw new Failure("large");
      }
      pieces.push(decoder.decode(value, { stream: true }));
    }
  } catch (error) {
    // A stream that breaks off is no shorter answer.
    throw error.name === "AbortError" || error instanceof Failure ? error : new Failure("broken");
  }
  return pieces.join("") + decoder.decode();
}
