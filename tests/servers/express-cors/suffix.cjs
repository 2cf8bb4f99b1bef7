// A pattern for all subdomains that one of the articles recommends: it does not look at the scheme.
const cors = require('cors');

module.exports = (app) => {
  // cors: begin
  app.use(cors({ origin: /\.example\.com$/, credentials: true, methods: ['GET', 'PUT'] }));
  // cors: end
};
