/** How a worker serves: one client or many at once, on the threads that the configuration asks for. */
package dev.forkd.worker.serving;
