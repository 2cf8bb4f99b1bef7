export const validate = async (origin) => {
  console.log('not an answer');
  if (origin === 'throw') throw new Error('not allowed');
  if (origin === 'crash') { console.log('error: no such origin'); process.exit(3); }
  return { true: true, star: ['*', true], credentials: [true, true], bytes: '\n\\\xff' }[origin] ?? origin.includes('\\\x80');
};
