// The one way from a page's script to the API: JSON in and out, the token that shows a page of ours asks, problems as errors.

/** What the API said no with: RFC 9457's fields. `status` is 0 where no answer came at all. */
export class ApiError extends Error {
  constructor(status, problem = {}) {
    super(problem.detail || `${status}`);
    Object.assign(this, {
      status,
      detail: problem.detail ?? "",
      errors: problem.errors ?? [],
      requestId: problem.request_id ?? "",
    });
  }
}

/** Headers that every request of ours carries: the page's language, in which a problem is told, and the token, read anew as a sign-in in another tab changes it. */
export function headers() {
  const token = /(?:^|;\s*)huashu_csrf=([^;]*)/.exec(document.cookie)?.[1];
  return { accept: "application/json", "accept-language": document.documentElement.lang, ...(token && { "x-csrf-token": token }) };
}

/** Send `body` (left out: none) and return the parsed answer, null where it is empty; throws an ApiError. */
export async function send(method, url, body, options = {}) {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "content-type": "application/json" };
  let response;
  try {
    response = await fetch(url, { method, headers: { ...headers(), ...type }, ...json, ...options });
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new ApiError(0);
  }
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, problemIn(text, response));
  return text ? JSON.parse(text) : null;
}

function problemIn(text, response) {
  const own = { request_id: response.headers.get("x-request-id") ?? "" };
  try {
    return { ...own, ...JSON.parse(text) };
  } catch {
    return own; // a proxy's page, not an answer of ours
  }
}
