// Stage 1: the API that Postman can read and no page can.
module.exports = (app) => {
  // cors: begin
  // cors: end
};
