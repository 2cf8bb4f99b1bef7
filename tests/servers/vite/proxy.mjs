// The page's own server passes /api on: page and API are one origin, and CORS has no part in it.
export default (api) => ({ server: { cors: false, proxy: { '/api': { target: api } } } });
