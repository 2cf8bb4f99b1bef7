export const validate = async (origin) => {
  console.log('not an answer');
  if (origin === 'crash') throw new Error('no such origin');
  return { true: true, star: ['*', true], credentials: [true, true], bytes: '\n\\\xff' }[origin] ?? origin.includes('\\\x80');
};
