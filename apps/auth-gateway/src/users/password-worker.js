// What the threads of password.ts run. JavaScript, because each loads it by itself: from the build, and in tests from here.
const { hashSync, verifySync } = require('@node-rs/argon2');

exports.hash = ({ password, options }) => hashSync(password, options);
exports.verify = ({ stored, password }) => verifySync(stored, password);
