// The list holds the host of the API, and not the origin of the page.
module.exports = (app) => {
  // cors: begin
  app.use((request, response, next) => {
    response.set('Access-Control-Allow-Origin', 'https://api.example.com');
    response.set('Access-Control-Allow-Methods', 'GET, PUT');
    response.set('Access-Control-Allow-Headers', 'Content-Type');
    if (request.method === 'OPTIONS') return response.sendStatus(204);
    next();
  });
  // cors: end
};
