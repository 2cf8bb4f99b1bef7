// Stage 3: all headers are there, but OPTIONS goes where every unknown method goes: to 404.
module.exports = (app) => {
  // cors: begin
  app.use((request, response, next) => {
    response.vary('Origin');
    if (request.headers.origin === 'https://app.example.com') {
      response.set('Access-Control-Allow-Origin', request.headers.origin);
      response.set('Access-Control-Allow-Credentials', 'true');
      response.set('Access-Control-Allow-Methods', 'GET, PUT');
      response.set('Access-Control-Allow-Headers', 'Content-Type');
    }
    next();
  });
  // cors: end
  app.options(/.*/, (request, response) => response.sendStatus(404));
};
