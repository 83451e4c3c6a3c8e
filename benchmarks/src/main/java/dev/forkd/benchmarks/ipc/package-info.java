/** Benchmarks of {@code dev.forkd.ipc} that need one process only; {@code scripts/bench-ipc} measures between processes. */
package dev.forkd.benchmarks.ipc;
