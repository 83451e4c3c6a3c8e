/** Processes that work together: programs and handlers to copy from, over {@code dev.forkd.ipc}. */
package dev.forkd.examples.ipc;
