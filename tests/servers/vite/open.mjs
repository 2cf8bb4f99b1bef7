// The development server lets every site read what it serves, and what it passes on.
export default (api) => ({ server: { cors: true, proxy: { '/api': { target: api } } } });
