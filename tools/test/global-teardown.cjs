module.exports = () => globalThis.stopInfrastructure();
