const cors = require('cors');
app.use(cors({ origin: ['https://a.example.com', 'https://b.example.com] }));
app.use(cors({ origin: /c\.example\.com$/ }));
