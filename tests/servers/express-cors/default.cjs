// The first line of the package's documentation: everybody, without credentials.
const cors = require('cors');

module.exports = (app) => {
  // cors: begin
  app.use(cors());
  // cors: end
};
