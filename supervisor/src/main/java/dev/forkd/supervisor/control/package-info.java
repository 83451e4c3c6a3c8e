/**
 * The admin socket: how the command line talks to a running supervisor. The protocol is described in docs/operations.md.
 */
package dev.forkd.supervisor.control;
