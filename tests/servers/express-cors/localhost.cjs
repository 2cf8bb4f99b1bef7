// The list of the developer's machine, deployed.
const cors = require('cors');

module.exports = (app) => {
  // cors: begin
  app.use(cors({ origin: ['http://localhost:3000', 'http://127.0.0.1:3000'] }));
  // cors: end
};
