/** Handlers that workers of the tests run; loaded by class path, as a user's own are. */
package dev.forkd.supervisor.testing.handlers;
