// The wildcard and credentials: no browser takes both.
const cors = require('cors');

module.exports = (app) => {
  // cors: begin
  app.use(cors({ origin: '*', credentials: true }));
  // cors: end
};
