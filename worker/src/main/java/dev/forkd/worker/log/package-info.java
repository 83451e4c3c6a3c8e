/** SLF4J in a worker: each event goes whole to the supervisor, which writes the log. */
package dev.forkd.worker.log;
