// Who is not logged in gets 401, and a preflight never is: it carries no cookies.
module.exports = (app) => {
  // cors: begin
  app.use((request, response, next) => {
    response.vary('Origin');
    if (request.headers.origin === 'https://app.example.com') {
      response.set('Access-Control-Allow-Origin', request.headers.origin);
      response.set('Access-Control-Allow-Credentials', 'true');
    }
    next();
  });
  // cors: end
  app.use((request, response, next) => {
    if (!request.headers.cookie) return response.sendStatus(401);
    next();
  });
};
