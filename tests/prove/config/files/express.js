// A shop's API. The first route is right, the others are not.
const express = require('express');
const cors = require("cors");
const app = express();

/* origin: 'https://commented.example' */
const partners = ['https://partner.example', "https://other\x2eexample"];
const staging = /^https:\/\/[a-z0-9-]+\.staging\.example\.com$/i;

app.use('/orders', cors({ origin: ['https://shop.example.com', ...partners], credentials: true }));
app.use('/search', cors({ origin: /example\.com$/ }));
app.use('/mixed', cors({
  origin: ['https://shop.example.com', staging, /\.example\.org$/],
  credentials: false,
}));
app.use('/one', cors({ origin: 'https://shop.example.com' }));
app.use('/all', cors({ origin: true, credentials: true }));
app.use('/public', cors());
app.use('/off', cors({ origin: false }));
app.use('/later', cors({ origin: process.env.SHOP_ORIGIN || 'https://shop.example.com' }));
app.use('/asks', cors({
  origin(origin, callback) {
    callback(null, origin === undefined || partners.includes(origin));
  },
}));
app.use('/built', cors({ origin: new RegExp('^https://' + '(www\\.)?example\\.com$', 'i') }));
app.use('/put', cors({ origin: `https://${process.env.HOST}` }));
