/**
 * The engine {@code fork} of {@link dev.forkd.ipc.ForkedProcess} and {@link dev.forkd.ipc.ProcessPool}: a JVM of its own, with this
 * program's class path, that has rehearsed a child's life and is frozen; each child is a copy of it. Python calls this start method
 * {@code forkserver}.
 */
package dev.forkd.fork.nursery;
