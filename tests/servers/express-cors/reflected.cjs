// `true` says the same as a function that lets everybody in.
const cors = require('cors');

module.exports = (app) => {
  // cors: begin
  app.use(cors({ origin: true, credentials: true }));
  // cors: end
};
