/** Listening sockets: made, inherited, adopted; and the Unix socket files that go with them. */
package dev.forkd.supervisor.net;
