/**
 * The thread "forkd-loop", which owns all state of the supervisor and waits in one epoll_wait: listeners, control sockets, pidfds, worker
 * output, timers. Other threads only post to it.
 */
package dev.forkd.supervisor.loop;
