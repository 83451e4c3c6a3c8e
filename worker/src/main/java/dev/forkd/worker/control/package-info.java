/** The worker's end of its control socket, and the life of the process between the supervisor's first and last word. */
package dev.forkd.worker.control;
