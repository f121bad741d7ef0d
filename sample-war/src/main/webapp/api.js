// What the page asks the server.

/** Sends a prompt; answers {ok, status, body, retryAfter} with retryAfter in seconds or null. */
export function chat(key, prompt, maxTokens, model) {
  return post(key, "api/chat", { prompt, maxTokens, model });
}

/** What sending a prompt would cost; costs nothing. */
export function estimate(key, prompt, maxTokens, model) {
  return post(key, "tollgate/estimate", { prompt, maxTokens, model });
}

/** The usage of a key's holder; costs nothing. */
export function usage(key) {
  return call(key, "tollgate/usage", { headers: { Accept: "application/json" } });
}

function post(key, url, body) {
  return call(key, url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function call(key, url, options) {
  const headers = { ...options.headers, "X-API-Key": key };
  const response = await fetch(url, { ...options, headers });
  return {
    ok: response.ok,
    status: response.status,
    body: await response.json().catch(() => ({})),
    retryAfter: retryAfter(response.headers),
  };
}

function retryAfter(headers) {
  const millis = Number.parseInt(headers.get("retry-after-ms"), 10);
  const seconds = Number.parseInt(headers.get("Retry-After"), 10);
  return millis >= 0 ? millis / 1000 : seconds >= 0 ? seconds : null;
}
