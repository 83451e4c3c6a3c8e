/**
 * The kernel's interface in Java: file descriptors, sockets with descriptor passing, epoll, pidfd, posix_spawn, shared memory, futex.
 *
 * <p>The one package that touches {@code java.lang.foreign}; nothing native is visible above it. Every method is named after its
 * system call, states the man page's rule for failure and throws {@link dev.forkd.sys.SyscallException} with the errno. All calls
 * go through {@link dev.forkd.sys.CFunction}. A blocking call occupies its platform thread (a virtual thread pins its carrier).
 */
package dev.forkd.sys;
