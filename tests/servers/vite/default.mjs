// The same with the server's own idea of CORS: whatever runs on this machine may read.
export default (api) => ({ server: { proxy: { '/api': { target: api } } } });
