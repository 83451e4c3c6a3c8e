/**
 * The FTP server: one session per client, on one thread.
 *
 * <p>While data moves, the same thread looks at the control connection between chunks, so that ABOR and STAT are heard without
 * a second thread, which in a forked worker would have to be revived first.
 */
package dev.forkd.worker.handlers.ftp;
