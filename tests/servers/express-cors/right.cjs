// A list, with credentials.
const cors = require('cors');

module.exports = (app) => {
  app.use(cors({
    origin: ['https://app.example.com', 'https://admin.example.com'],
    credentials: true,
    methods: ['GET', 'PUT'],
    allowedHeaders: ['Content-Type'],
    maxAge: 600,
  }));
};
