/**
 * Objects that processes share, and processes that share them: what Python's {@code multiprocessing} is to Python, for the JVM.
 *
 * <p>{@code docs/ipc.md} shows each name of Python's beside ours. Shared objects live in memfds without a name; their words are
 * synchronised by futex(2), without a server in between. The death of a process, at whatever point, leads to an answer for the
 * others within 10 ms: {@link dev.forkd.ipc.OwnerDied}, {@link dev.forkd.ipc.PeerDied}, {@link dev.forkd.ipc.Closed},
 * {@link dev.forkd.ipc.BrokenBarrier}, end of file on a {@link dev.forkd.ipc.Pipe}, a failed task of a pool; never a hang.
 */
package dev.forkd.ipc;
