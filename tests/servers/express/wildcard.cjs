// Stage 2: the wildcard on every answer. Right for public data; nothing for a page that logs in.
module.exports = (app) => {
  // cors: begin
  app.use((request, response, next) => {
    response.set('Access-Control-Allow-Origin', '*');
    next();
  });
  // cors: end
};
