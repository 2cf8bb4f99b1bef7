import cors from 'cors';
app.use(cors({ origin: 'https://a.example.com' }));
const page = `it never ends ${ { deep: `er
app.use(cors({ origin: true }));
