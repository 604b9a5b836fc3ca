// The two roads of a question: as a client of the demonstration, or with the visitor's own token.

const JSON_BODY = { "Content-Type": "application/json" };

/** Returns what the server said as `{ answer, record, milliseconds }`; a refusal is an answer with errors. */
const outcomeOf = async (response, started) => {
  const body = await response.json();
  const milliseconds = Math.round((performance.now() - started) * 10) / 10;
  return body.answer ? body : { answer: body, record: null, milliseconds };
};

/** Asks as a client of the demonstration. Its secret stays on the server. */
export const demoRoad = (root, client) => async (question, { recorded = true, signal } = {}) => {
  const address = `${root}/demo/ask/${encodeURIComponent(client)}${recorded ? "" : "?record=no"}`;
  const request = { method: "POST", headers: JSON_BODY, body: JSON.stringify(question), signal };
  const started = performance.now();
  return outcomeOf(await fetch(address, request), started);
};

/** Asks with a token the visitor pasted. It lives in the page's memory and in no other place. */
export const tokenRoad = (root, token, purpose) => async (question, { signal } = {}) => {
  const headers = { ...JSON_BODY, Accept: "application/json", Authorization: `Bearer ${token}` };
  if (purpose) headers.Purpose = purpose;
  const started = performance.now();
  const request = { method: "POST", headers, body: JSON.stringify(question), signal };
  return outcomeOf(await fetch(`${root}/graphql`, request), started);
};
