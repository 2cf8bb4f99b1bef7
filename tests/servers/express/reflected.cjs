// Whoever asks is let in, with credentials: every site on the web reads what the user may read.
module.exports = (app) => {
  // cors: begin
  app.use((request, response, next) => {
    response.vary('Origin');
    response.set('Access-Control-Allow-Origin', request.headers.origin ?? '*');
    response.set('Access-Control-Allow-Credentials', 'true');
    response.set('Access-Control-Allow-Methods', 'GET, PUT');
    response.set('Access-Control-Allow-Headers', 'Content-Type');
    if (request.method === 'OPTIONS') return response.sendStatus(204);
    next();
  });
  // cors: end
};
