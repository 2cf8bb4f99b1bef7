// Who is not on the list is answered with an exception, a 500 without any header; so is who sends
// no Origin at all: curl, and the health check.
const cors = require('cors');

const LIST = ['https://app.example.com'];

module.exports = (app) => {
  // cors: begin
  app.use(cors({
    origin: (origin, callback) => (LIST.includes(origin) ? callback(null, true)
      : callback(new Error('not allowed by CORS'))),
    credentials: true,
  }));
  // cors: end
};
