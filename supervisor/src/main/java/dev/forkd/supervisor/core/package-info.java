/** The rules of the supervisor as pure functions and tables without I/O: no clock, no process, no socket, no logger. */
package dev.forkd.supervisor.core;
