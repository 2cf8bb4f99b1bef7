// Stage 4: a list, Vary on every answer, OPTIONS answered before anything else looks at it.
const LIST = new Set(['https://app.example.com', 'https://admin.example.com']);

module.exports = (app) => {
  app.use((request, response, next) => {
    response.vary('Origin');
    const { origin } = request.headers;
    if (LIST.has(origin)) {
      response.set('Access-Control-Allow-Origin', origin);
      response.set('Access-Control-Allow-Credentials', 'true');
    }
    if (request.method !== 'OPTIONS' || !request.get('Access-Control-Request-Method'))
      return next();
    response.set('Access-Control-Allow-Methods', 'GET, PUT');
    response.set('Access-Control-Allow-Headers', 'Content-Type');
    response.set('Access-Control-Max-Age', '600');
    response.sendStatus(204);
  });
};
