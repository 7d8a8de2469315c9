// Where the editors' desk keeps an entry, and what is being typed of it.

export const entryPath = (id) => `/v1/desk/entries/${encodeURIComponent(id)}`;
export const draftPath = (id) => `/v1/drafts/${encodeURIComponent(id)}`;
